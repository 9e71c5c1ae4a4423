using System.Collections.Frozen;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Pipeline.Costs;

/// <summary>The prices of tokens, by provider and model.</summary>
internal sealed class PriceTable
{
    private readonly FrozenDictionary<string, ModelPrices> _providers;

    /// <summary>The built-in prices, overridden by those of the operator.</summary>
    /// <param name="providers">The configured providers; those on the operator's own machines are free.</param>
    /// <param name="options">The location of the operator's prices.</param>
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

    /// <summary>The price of a model, by its requested name; null if it is unknown.</summary>
    public ModelPrice? Find(string provider, string model) => _providers.GetValueOrDefault(provider)?.Find(model);

    /// <summary>The cost of an answer, in USD; null if the price is unknown.</summary>
    /// <param name="route">The model that answered.</param>
    /// <param name="usage">The usage of the answer.</param>
    /// <param name="tier">The service tier of the answer; null: the standard one.</param>
    public decimal? CostOf(AnswerInfo route, ChatUsage usage, string? tier = null) => Find(route.Provider, route.Model)?.CostOf(usage, tier);
}
