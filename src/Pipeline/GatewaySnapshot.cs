using Prism.Grains.Breakers;
using Prism.Grains.Cache;
using Prism.Grains.Catalog;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Templates;
using Prism.Grains.Usage;
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
    public AttemptOptions Attempts { get; init; } = new();

    /// <summary>Whether and how answers are cached and shared.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>The capacity of the silo that its clients may use.</summary>
    public OverloadOptions Overload { get; init; } = new();

    /// <summary>The keys that may use the API, besides those that Prism has issued.</summary>
    public AuthOptions Auth { get; init; } = new();

    /// <summary>When a provider's circuit opens and closes.</summary>
    public BreakerOptions Breakers { get; init; } = new();

    /// <summary>The bounds of chains and of their runs.</summary>
    public ChainOptions Chains { get; init; } = new();

    /// <summary>How much an owner may store.</summary>
    public QuotaOptions Quotas { get; init; } = new();

    /// <summary>The bounds of templates and of their rendering.</summary>
    public TemplateOptions Templates { get; init; } = new();

    /// <summary>When usage is written.</summary>
    public UsageOptions Usage { get; init; } = new();

    /// <summary>A snapshot with these providers and prices, and the default of everything else.</summary>
    /// <exception cref="InvalidOperationException">The prices cannot be read.</exception>
    public static GatewaySnapshot Of(ProviderRegistry providers, CostOptions costs) => new(new PriceTable(providers, costs)) { Providers = providers };
}
