using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Prism.Pipeline.Costs;

/// <summary>
/// The prices of one provider's models. A name matches itself and its versions (<c>gpt-4o</c> for <c>gpt-4o-2024-08-06</c>, <c>claude-haiku-4-5</c>
/// for <c>claude-haiku-4-5-20251001</c>), never another model with the same prefix (<c>gpt-4o-mini</c>). A name with a <c>*</c> at its end matches
/// all models with that prefix. The longest match wins.
/// </summary>
internal sealed partial class ModelPrices
{
    private readonly FrozenDictionary<string, ModelPrice> _names;
    private readonly FrozenDictionary<string, ModelPrice>.AlternateLookup<ReadOnlySpan<char>> _versioned;
    private readonly ImmutableArray<(string Prefix, ModelPrice Price)> _prefixes;

    public ModelPrices(IReadOnlyDictionary<string, ModelPrice> prices)
    {
        _names = prices.ToFrozenDictionary(StringComparer.Ordinal);
        _versioned = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        _prefixes =
        [
            .. from price in prices
               where price.Key.EndsWith('*')
               orderby price.Key.Length descending
               select (price.Key[..^1], price.Value),
        ];
    }

    /// <summary>The price of a model, or null.</summary>
    public ModelPrice? Find(string model)
    {
        if (_names.TryGetValue(model, out var price))
        {
            return price;
        }

        var name = WithoutVersion(model);
        var isKnown = _versioned.TryGetValue(name, out price);
        foreach (var (prefix, priceOfAll) in _prefixes)
        {
            if (model.StartsWith(prefix, StringComparison.Ordinal))
            {
                return isKnown && name.Length >= prefix.Length ? price : priceOfAll;
            }
        }

        return isKnown ? price : null;
    }

    private static ReadOnlySpan<char> WithoutVersion(string model)
    {
        foreach (var version in Version().EnumerateMatches(model))
        {
            return model.AsSpan(0, version.Index);
        }

        return model;
    }

    // OpenAI's -2024-08-06, Anthropic's -20250929, and Google's @20250929.
    [GeneratedRegex(@"(?:[-@]20\d\d(?:-\d\d-\d\d|\d\d\d\d)|-latest)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}
