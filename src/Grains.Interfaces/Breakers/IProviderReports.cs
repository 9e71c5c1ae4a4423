using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Interfaces.Breakers;

/// <summary>How the providers are doing, for operators.</summary>
public interface IProviderReports
{
    /// <summary>A report on each provider, in the order of their configuration.</summary>
    Task<ImmutableArray<ProviderReport>> GetAsync(CancellationToken cancellationToken);
}

/// <summary>How a provider is doing: its limits and its circuit in the whole cluster, the rest on the silo that reports.</summary>
public sealed record ProviderReport
{
    /// <summary>Its name in requests and settings.</summary>
    public required string Name { get; init; }

    /// <summary>The state of its limits; null if its grain cannot be reached.</summary>
    public LedgerStatus? Limits { get; init; }

    /// <summary>The state of its circuit in the cluster, or on this silo if its grain cannot be reached.</summary>
    public required CircuitStatus Circuit { get; init; }

    /// <summary>The last failures of the provider, the latest first.</summary>
    public ImmutableArray<ProviderFailure> LastErrors { get => field.IsDefault ? [] : field; init; }

    /// <summary>How long whole answers took.</summary>
    public required LatencySummary Latency { get; init; }

    /// <summary>How long the first pieces of streamed answers took.</summary>
    public required LatencySummary FirstToken { get; init; }
}

/// <summary>A call that a provider failed.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">How.</param>
/// <param name="Status">The HTTP status that it answered with; null where it did not.</param>
public sealed record ProviderFailure(DateTimeOffset At, ChatErrorKind Kind, int? Status)
{
    /// <summary>The host and port that was called.</summary>
    public string? Address { get; init; }

    /// <summary>With which of the provider's keys: <c>key 2 of 3 (…wxyz)</c>; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>The id of the request that the call was made for.</summary>
    public string? RequestId { get; init; }

    /// <summary>The provider's own id of the call.</summary>
    public string? UpstreamRequestId { get; init; }

    /// <summary>The provider's own text: on one line, shortened, without keys and without anything from the request.</summary>
    public string? Message { get; init; }
}

/// <summary>How long something took in the last five to ten minutes, to within an eighth.</summary>
/// <param name="Count">How often it was measured.</param>
/// <param name="P50">The median; null if there is none.</param>
/// <param name="P90">The same for nine of ten.</param>
/// <param name="P99">The same for 99 of 100.</param>
public sealed record LatencySummary(long Count, TimeSpan? P50, TimeSpan? P90, TimeSpan? P99);
