using System.Text.Json;

namespace Prism.Pipeline.Costs;

/// <summary>
/// Files of prices, in USD a million tokens: <c>{"openai":{"date":"2026-06-12","source":"https://…","models":{"gpt-4o":{"input":2.5,
/// "cached_input":1.25,"output":10}}}}</c>. A model needs <c>input</c> and <c>output</c>; <c>cached_input</c> and <c>cache_write</c> default to the
/// input, <c>cache_write_1h</c> to <c>cache_write</c>. Optional are <c>audio_input</c> and <c>audio_output</c>, <c>long_context</c> (the same fields,
/// for prompts of more tokens than its <c>above</c>) and <c>tiers</c> (by the name of a <c>service_tier</c>, the same fields). A name may end in
/// <c>*</c>, see <see cref="ModelPrices"/>.
/// </summary>
public static class PriceFile
{
    private const string Shipped = "Prism.Pipeline.Costs.prices.json";

    /// <summary>The problem with an operator's file, as the end of a sentence that names the file; or null.</summary>
    public static string? FindProblem(string path) => Read(path).Problem;

    /// <summary>The built-in prices, followed by those of a file.</summary>
    /// <exception cref="InvalidOperationException">The file cannot be used.</exception>
    internal static IEnumerable<PriceEntry> ReadAll(string? path)
    {
        using var shipped = typeof(PriceFile).Assembly.GetManifestResourceStream(Shipped)!;
        var (prices, problem) = Read(shipped);
        if (problem is null && path is { Length: > 0 })
        {
            (var own, problem) = Read(path);
            prices = [.. prices, .. own];
        }

        return problem is null ? prices : throw new InvalidOperationException($"The prices {path} {problem}.");
    }

    private static (List<PriceEntry> Prices, string? Problem) Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Read(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ([], $"cannot be read ({exception.Message.TrimEnd('.')})");
        }
    }

    private static (List<PriceEntry> Prices, string? Problem) Read(Stream json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new()
            {
                AllowDuplicateProperties = false,
                AllowTrailingCommas = true,
                CommentHandling = JsonCommentHandling.Skip,
            });
            var reader = new PriceReader();
            reader.Read(document.RootElement);
            return (reader.Prices, reader.Problem);
        }
        catch (JsonException exception)
        {
            return ([], $"is not valid JSON ({exception.Message.TrimEnd('.')})");
        }
    }
}

/// <summary>The price of a model, or of the models that match a pattern.</summary>
internal readonly record struct PriceEntry(string Provider, string Model, ModelPrice Price);
