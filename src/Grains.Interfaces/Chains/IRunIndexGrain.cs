using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans.Concurrency;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Chains;

/// <summary>The runs of one owner. Its key is <see cref="GrainKeys.Runs"/>.</summary>
[Alias("prism.IRunIndexGrain")]
[GrainInterfaceType("prism.IRunIndexGrain")]
public interface IRunIndexGrain : IGrainWithStringKey
{
    /// <summary>The owner's runs, newest first.</summary>
    [AlwaysInterleave, Alias("list")]
    Task<RunPage> ListAsync(RunQuery query);
}

/// <summary>Which runs are wanted.</summary>
[GenerateSerializer, Immutable, Alias("prism.run-query")]
public sealed record RunQuery
{
    /// <summary>Only those; null for all.</summary>
    [Id(0)] public ChainRunStatus? Status { get; init; }

    /// <summary>The most that are wanted, from 1 to 100.</summary>
    [Id(1)] public int Limit { get; init; } = 20;

    /// <summary>The <see cref="RunPage.Next"/> of the page before; null for the first.</summary>
    [Id(2)] public string? After { get; init; }
}

/// <summary>Some runs of an owner.</summary>
[GenerateSerializer, Immutable, Alias("prism.run-page")]
public sealed record RunPage
{
    /// <summary>The runs, newest first.</summary>
    [Id(0)] public ImmutableArray<RunSummary> Runs { get => field.IsDefault ? [] : field; init; }

    /// <summary>Where the next page begins; null where this is the last. With a filter, a page before the last may be short, even empty.</summary>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Next { get; init; }

    /// <summary>Why there is no page: <see cref="RunQuery.After"/> or <see cref="RunQuery.Limit"/> cannot be right. Not part of the JSON.</summary>
    [Id(2), JsonIgnore] public ChatError? Error { get; init; }
}

/// <summary>A run in a list.</summary>
[GenerateSerializer, Immutable, Alias("prism.run-summary")]
public sealed record RunSummary
{
    /// <summary>Its id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The stored chain that it runs.</summary>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Chain { get; init; }

    /// <summary>How far it is; <see cref="ChainRunStatus.Running"/> until it ends.</summary>
    [Id(2)] public required ChainRunStatus Status { get; init; }

    /// <summary>When it was started.</summary>
    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>About how many bytes of JSON it has: until it ends, those that it was started with.</summary>
    [Id(5)] public long Bytes { get; init; }

    /// <summary>Whether nothing will change any more.</summary>
    [JsonIgnore] public bool IsFinished => Status is not (ChainRunStatus.Queued or ChainRunStatus.Running);
}
