using System.Collections.Immutable;
using System.Text.Json;

namespace Prism.Pipeline.Costs;

/// <summary>Reads the prices from a file's JSON. It rejects unknown fields: a misspelt one would lead to a wrong price.</summary>
internal sealed class PriceReader
{
    private const decimal Most = 1_000_000;

    // This limit keeps every sum exact.
    private const int MostDecimals = 9;

    public List<PriceEntry> Prices { get; } = [];

    /// <summary>The first problem, as the end of a sentence; null if there is none.</summary>
    public string? Problem { get; private set; }

    public void Read(JsonElement file)
    {
        foreach (var provider in PropertiesOf(file, "the file"))
        {
            foreach (var field in PropertiesOf(provider.Value, provider.Name))
            {
                ReadField(provider.Name, field);
            }
        }
    }

    private void ReadField(string provider, JsonProperty field)
    {
        var path = $"{provider}.{field.Name}";
        switch (field.Name)
        {
            case "models":
                foreach (var model in PropertiesOf(field.Value, path))
                {
                    ReadModel(provider, model, $"{path}['{model.Name}']");
                }

                break;
            case "date" or "source":
                // Only for readers of the file.
                break;
            default:
                Refuse(path, "is unknown; the fields are date, source and models");
                break;
        }
    }

    private void ReadModel(string provider, JsonProperty model, string path)
    {
        if (ReadPrices(model.Value, path, isTier: false) is { } price)
        {
            Prices.Add(new(provider, model.Name, price));
        }
    }

    private ModelPrice? ReadPrices(JsonElement prices, string path, bool isTier)
    {
        var fields = new Dictionary<string, decimal>(StringComparer.Ordinal);
        var (longContext, tiers) = (default(LongContextPrice?), ImmutableDictionary<string, ModelPrice>.Empty);
        foreach (var field in PropertiesOf(prices, path))
        {
            var place = $"{path}.{field.Name}";
            switch (field.Name)
            {
                case "input" or "cached_input" or "cache_write" or "cache_write_1h" or "output" or "audio_input" or "audio_output":
                    fields[field.Name] = ReadPrice(field.Value, place);
                    break;
                case "long_context":
                    longContext = ReadLongContext(field.Value, place);
                    break;
                case "tiers" when !isTier:
                    tiers = ReadTiers(field.Value, place);
                    break;
                default:
                    Refuse(place, "is unknown; the fields are input, cached_input, cache_write, cache_write_1h, output, audio_input, audio_output, long_context and tiers");
                    break;
            }
        }

        return Create(fields, path) is { } price ? price with { LongContext = longContext, Tiers = tiers } : null;
    }

    private LongContextPrice? ReadLongContext(JsonElement prices, string path)
    {
        var (fields, above) = (new Dictionary<string, decimal>(StringComparer.Ordinal), 0);
        foreach (var field in PropertiesOf(prices, path))
        {
            var place = $"{path}.{field.Name}";
            switch (field.Name)
            {
                case "above" when field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt32(out above) && above > 0:
                    break;
                case "above":
                    Refuse(place, "has to be a number of tokens");
                    break;
                case "input" or "cached_input" or "cache_write" or "cache_write_1h" or "output":
                    fields[field.Name] = ReadPrice(field.Value, place);
                    break;
                default:
                    Refuse(place, "is unknown; the fields are above, input, cached_input, cache_write, cache_write_1h and output");
                    break;
            }
        }

        if (above == 0)
        {
            Refuse($"{path}.above", "is missing");
        }

        return Create(fields, path) is { } price ? new(above, price) : null;
    }

    private ImmutableDictionary<string, ModelPrice> ReadTiers(JsonElement tiers, string path)
    {
        var read = ImmutableDictionary.CreateBuilder<string, ModelPrice>(StringComparer.OrdinalIgnoreCase);
        foreach (var tier in PropertiesOf(tiers, path))
        {
            if (ReadPrices(tier.Value, $"{path}.{tier.Name}", isTier: true) is { } price)
            {
                read[tier.Name] = price;
            }
        }

        return read.ToImmutable();
    }

    private ModelPrice? Create(Dictionary<string, decimal> fields, string path)
    {
        if (!fields.TryGetValue("input", out var input) || !fields.TryGetValue("output", out var output))
        {
            Refuse($"{path}.{(fields.ContainsKey("input") ? "output" : "input")}", "is missing");
            return null;
        }

        var cacheWrite = fields.GetValueOrDefault("cache_write", input);
        return new()
        {
            Input = input,
            CachedInput = fields.GetValueOrDefault("cached_input", input),
            CacheWrite = cacheWrite,
            CacheWrite1h = fields.GetValueOrDefault("cache_write_1h", cacheWrite),
            Output = output,
            AudioInput = Find(fields, "audio_input"),
            AudioOutput = Find(fields, "audio_output"),
        };
    }

    private static decimal? Find(Dictionary<string, decimal> fields, string name) => fields.TryGetValue(name, out var price) ? price : null;

    private decimal ReadPrice(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Number
            && value.TryGetDecimal(out var price)
            && price is >= 0 and <= Most
            && decimal.Round(price, MostDecimals) == price)
        {
            return price;
        }

        Refuse(path, $"has to be a number of USD from 0 to {Most}, with at most {MostDecimals} decimals");
        return 0;
    }

    private JsonProperty[] PropertiesOf(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            return [.. element.EnumerateObject()];
        }

        Refuse(path, "has to be an object");
        return [];
    }

    private void Refuse(string path, string problem) => Problem ??= $"cannot be used: {path} {problem}";
}
