using Prism.Grains.Cache;
using Prism.Pipeline.Attempts;
using Prism.Pipeline.Costs;
using Prism.Providers;

namespace Prism.Pipeline;

/// <summary>
/// The configuration of a call, from its beginning to its settlement. Immutable: a change is another snapshot, for the calls that begin later.
/// Runtime state of the silo (circuits, quotas, connections) is not part of it, and is kept by the provider's name.
/// </summary>
public sealed record GatewaySnapshot
{
    private GatewaySnapshot(PriceTable prices) => Prices = prices;

    /// <summary>The providers with their options, the default one, and the configured fallbacks.</summary>
    public required ProviderRegistry Providers { get; init; }

    /// <summary>The prices of tokens.</summary>
    internal PriceTable Prices { get; init; }

    /// <summary>The number of attempts of a call, and their time.</summary>
    public required AttemptOptions Attempts { get; init; }

    /// <summary>Whether and how answers are cached and shared.</summary>
    public required CacheOptions Cache { get; init; }

    /// <summary>The capacity of the silo that its clients may use.</summary>
    public required OverloadOptions Overload { get; init; }

    /// <summary>The keys that may use the API, besides those that Prism has issued.</summary>
    public required AuthOptions Auth { get; init; }

    /// <summary>The snapshot of these settings.</summary>
    /// <exception cref="InvalidOperationException">The prices cannot be read.</exception>
    public static GatewaySnapshot Of(
        ProviderRegistry providers, CostOptions costs, AttemptOptions attempts, CacheOptions cache, OverloadOptions overload, AuthOptions auth)
    {
        return new(new PriceTable(providers, costs))
        {
            Providers = providers,
            Attempts = attempts,
            Cache = cache,
            Overload = overload,
            Auth = auth,
        };
    }
}
