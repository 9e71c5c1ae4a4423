using System.Collections.Frozen;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Pipeline.Costs;

/// <summary>What tokens cost, by provider and model.</summary>
internal sealed class PriceTable
{
    private readonly FrozenDictionary<string, ModelPrices> _providers;

    /// <summary>The prices that come with Prism, and over them those of the operator.</summary>
    /// <param name="providers">The configured providers; what runs on the operator's own machines is free.</param>
    /// <param name="options">Where the operator's prices are.</param>
    /// <exception cref="InvalidOperationException">They cannot be read; see <see cref="PriceFile.FindProblem"/>.</exception>
    public PriceTable(ProviderRegistry providers, CostOptions options)
    {
        var prices = new Dictionary<string, Dictionary<string, ModelPrice>>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in providers.All.Select(provider => provider.Options))
        {
            prices[provider.Name] = provider.Type?.IsFree is true ? new() { ["*"] = ModelPrice.Free } : [];
        }

        foreach (var (provider, model, price) in PriceFile.ReadAll(options.PricesFile))
        {
            if (prices.TryGetValue(provider, out var models))
            {
                models[model] = price;
            }
        }

        _providers = prices.ToFrozenDictionary(
            provider => provider.Key, provider => new ModelPrices(provider.Value), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The price of a model, as it was asked for; null where it is not known.</summary>
    public ModelPrice? Find(string provider, string model) => _providers.GetValueOrDefault(provider)?.Find(model);

    /// <summary>What an answer cost, in USD; null where the price is not known.</summary>
    /// <param name="route">Which model made it.</param>
    /// <param name="usage">What it took.</param>
    /// <param name="tier">The service tier that it was made in; null: the standard one.</param>
    public decimal? CostOf(AnswerInfo route, ChatUsage usage, string? tier = null) => Find(route.Provider, route.Model)?.CostOf(usage, tier);
}
