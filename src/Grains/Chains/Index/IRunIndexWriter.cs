using System.Collections.Immutable;
using Orleans.CodeGeneration;
using Orleans.Concurrency;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Chains.Index;

/// <summary>
/// The index of an owner's runs as the runs know it. The same grain as <see cref="IRunIndexGrain"/>. Its version has a call by a new silo leave an
/// activation on an old one, which does not know quotas.
/// </summary>
[Alias("prism.IRunRegister"), Version(1)]
[GrainInterfaceType("prism.IRunRegister")]
internal interface IRunIndexWriter : IGrainWithStringKey
{
    /// <summary>
    /// A run begins; it is written before this returns. May be told again; told again just when a shelf is full, the run is listed twice.
    /// </summary>
    /// <returns>The shelf that it is on, which is told when it ends.</returns>
    [AlwaysInterleave, Alias("add")]
    Task<string> AddAsync(RunSummary run);

    /// <summary>
    /// A run begins, if its owner's quotas have room for it; it is counted and written before this returns. May be told again.
    /// </summary>
    [AlwaysInterleave, Alias("admit")]
    Task<RunAdmission> AdmitAsync(RunSummary run);

    /// <summary>A run has ended, as its shelf knows already.</summary>
    [AlwaysInterleave, Alias("ended")]
    Task OnEndedAsync(RunSummary run);

    /// <summary>Runs are deleted, as their shelf knows already.</summary>
    [AlwaysInterleave, Alias("deleted")]
    Task OnDeletedAsync(ImmutableArray<string> runIds);

    /// <summary>All runs of a shelf are deleted.</summary>
    [AlwaysInterleave, Alias("drop")]
    Task DropAsync(string shelf);
}

/// <summary>How a run was taken: either <see cref="Shelf"/> or <see cref="Error"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("prism.run-admission")]
internal sealed record RunAdmission
{
    /// <summary>The shelf that it is on, which is told when it ends.</summary>
    [Id(0)] public string? Shelf { get; init; }

    /// <summary>The quota that is in the way.</summary>
    [Id(1)] public ChatError? Error { get; init; }
}

/// <summary>
/// Some runs of an owner that began about the same time, a row of their own: so that what is written when a run begins or ends does not grow
/// with the owner's history. Its key is the owner's and a number.
/// </summary>
[Alias("prism.IRunShelf")]
[GrainInterfaceType("prism.IRunShelf")]
internal interface IRunPartition : IGrainWithStringKey
{
    /// <summary>Puts a run on the shelf; it is written before this returns. May be told again.</summary>
    /// <param name="index">The key of the index that the shelf is a part of.</param>
    /// <param name="run">The run.</param>
    /// <returns>False where the shelf is full.</returns>
    [AlwaysInterleave, Alias("put")]
    Task<bool> PutAsync(string index, RunSummary run);

    /// <summary>A run has ended. One that is not there is not put there.</summary>
    [AlwaysInterleave, Alias("end")]
    Task EndAsync(RunSummary run);

    /// <summary>A run has not come to be. One that is not there is none.</summary>
    [AlwaysInterleave, Alias("remove")]
    Task RemoveAsync(string runId);

    /// <summary>Its runs, newest first.</summary>
    [AlwaysInterleave, Alias("read")]
    Task<ImmutableArray<RunSummary>> ReadAsync();
}
