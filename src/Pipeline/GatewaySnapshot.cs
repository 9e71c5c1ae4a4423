using Prism.Grains.Cache;
using Prism.Pipeline.Attempts;
using Prism.Pipeline.Costs;
using Prism.Providers;

namespace Prism.Pipeline;

/// <summary>
/// The configuration that a call goes by, from its beginning to its settlement. Immutable: a change is another snapshot, for the calls that begin
/// later. What a silo learns while it runs (circuits, quotas, connections) is no part of it, and is kept by the provider's name.
/// </summary>
internal sealed record GatewaySnapshot
{
    /// <summary>The providers with their options, the default one, and the configured fallbacks.</summary>
    public required ProviderRegistry Providers { get; init; }

    /// <summary>What tokens cost.</summary>
    public required PriceTable Prices { get; init; }

    /// <summary>How often, and for how long, a call is tried.</summary>
    public required AttemptOptions Attempts { get; init; }

    /// <summary>Whether and how answers are cached and shared.</summary>
    public required CacheOptions Cache { get; init; }

    /// <summary>The snapshot of these settings.</summary>
    /// <exception cref="InvalidOperationException">The prices cannot be read.</exception>
    public static GatewaySnapshot Of(ProviderRegistry providers, CostOptions costs, AttemptOptions attempts, CacheOptions cache) => new()
    {
        Providers = providers,
        Prices = new(providers, costs),
        Attempts = attempts,
        Cache = cache,
    };
}
