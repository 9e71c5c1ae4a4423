namespace Prism.Grains.Interfaces.Quotas;

/// <summary>A quota of an owner, and its use.</summary>
[GenerateSerializer, Immutable, Alias("prism.quota-use")]
public sealed record QuotaUse
{
    /// <summary>Which one: <c>active_runs</c>, <c>runs</c>, <c>run_bytes</c>, <c>chains</c>, <c>chain_bytes</c>, <c>templates</c>, <c>template_bytes</c>.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The use.</summary>
    [Id(1)] public required long Used { get; init; }

    /// <summary>The limit.</summary>
    [Id(2)] public required long Limit { get; init; }
}
