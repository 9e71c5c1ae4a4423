using System.Text.Json;

namespace Prism.Costs;

/// <summary>
/// Reads the prices out of a file's JSON. A field that it does not know is refused: what is misspelt would else be paid for at another price.
/// </summary>
internal sealed class PriceReader
{
    private const decimal Most = 1_000_000;

    // What keeps every sum exact.
    private const int MostDecimals = 9;

    public List<PriceEntry> Prices { get; } = [];

    /// <summary>The first thing that is wrong, as the end of a sentence; null where nothing is.</summary>
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
                // For people.
                break;
            default:
                Refuse(path, "is not known; there are date, source and models");
                break;
        }
    }

    private void ReadModel(string provider, JsonProperty model, string path)
    {
        var fields = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var field in PropertiesOf(model.Value, path))
        {
            if (field.Name is "input" or "cached_input" or "cache_write" or "cache_write_1h" or "output")
            {
                fields[field.Name] = ReadPrice(field.Value, $"{path}.{field.Name}");
            }
            else
            {
                Refuse($"{path}.{field.Name}", "is not known; there are input, cached_input, cache_write, cache_write_1h and output");
            }
        }

        if (!fields.TryGetValue("input", out var input) || !fields.TryGetValue("output", out var output))
        {
            Refuse($"{path}.{(fields.ContainsKey("input") ? "output" : "input")}", "is missing");
            return;
        }

        var cacheWrite = fields.GetValueOrDefault("cache_write", input);
        Prices.Add(new(provider, model.Name, new()
        {
            Input = input,
            CachedInput = fields.GetValueOrDefault("cached_input", input),
            CacheWrite = cacheWrite,
            CacheWrite1h = fields.GetValueOrDefault("cache_write_1h", cacheWrite),
            Output = output,
        }));
    }

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
