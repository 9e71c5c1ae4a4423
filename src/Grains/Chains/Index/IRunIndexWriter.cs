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
    /// A run begins; it is written before this returns. May be repeated. A repetition just when a partition is full lists the run twice.
    /// </summary>
    /// <returns>The partition of the run, which has to be notified of its end.</returns>
    [AlwaysInterleave, Alias("add")]
    Task<string> AddAsync(RunSummary run);

    /// <summary>
    /// A run begins, if its owner's quotas have room for it; it is counted and written before this returns. May be repeated.
    /// </summary>
    [AlwaysInterleave, Alias("admit")]
    Task<RunAdmission> AdmitAsync(RunSummary run);

    /// <summary>A run has ended. Its partition knows already.</summary>
    [AlwaysInterleave, Alias("ended")]
    Task OnEndedAsync(RunSummary run);

    /// <summary>Runs are deleted. Their partition knows already.</summary>
    [AlwaysInterleave, Alias("deleted")]
    Task OnDeletedAsync(ImmutableArray<string> runIds);

    /// <summary>All runs of a partition are deleted.</summary>
    [AlwaysInterleave, Alias("drop")]
    Task DropAsync(string shelf);
}

/// <summary>The result for a new run: either <see cref="Shelf"/> or <see cref="Error"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("prism.run-admission")]
internal sealed record RunAdmission
{
    /// <summary>The partition of the run, which has to be notified of its end.</summary>
    [Id(0)] public string? Shelf { get; init; }

    /// <summary>The quota that is reached.</summary>
    [Id(1)] public ChatError? Error { get; init; }
}

/// <summary>
/// Some runs of an owner that began about the same time, in a row of their own: so the write at the start and end of a run does not grow with the
/// owner's history. Its key is the owner's and a number.
/// </summary>
[Alias("prism.IRunShelf")]
[GrainInterfaceType("prism.IRunShelf")]
internal interface IRunPartition : IGrainWithStringKey
{
    /// <summary>Adds a run; it is written before this returns. May be repeated.</summary>
    /// <param name="index">The key of the index that the partition belongs to.</param>
    /// <param name="run">The run.</param>
    /// <returns>False if the partition is full.</returns>
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
