using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prism.Formats.Ollama;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Converts the parameters of a request to Ollama's.</summary>
internal static class OllamaParameters
{
    private const string Think = "think";
    private const string KeepAlive = "keep_alive";
    private const string Options = "options";

    private static readonly JsonElement AnyJson = JsonElement.Parse("\"json\"");
    private static readonly JsonElement ThinkNot = JsonElement.Parse("false");

    /// <summary>The parameters that Ollama does not have.</summary>
    // `user` is not among them although it is not sent: it identifies the end user, which does not change the answer, and the server has no accounts.
    public static ImmutableArray<string> FindUnsupported(ChatRequest request)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        AddIf(request.N > 1, "n");
        AddIf(request.ToolChoice is { } choice && !IsPossible(choice), "tool_choice");
        AddIf(request.ParallelToolCalls is false, "parallel_tool_calls");
        foreach (var (name, value) in request.Extra ?? [])
        {
            AddIf(!IsOwnOrNeutral(name, value), name);
        }

        foreach (var (name, value) in request.StreamOptions?.Extra ?? [])
        {
            AddIf(!ConversionFaults.IsNeutral(value), "stream_options." + name);
        }

        return found.ToImmutable();

        void AddIf(bool condition, string name)
        {
            if (condition)
            {
                found.Add(name);
            }
        }
    }

    /// <summary><c>options</c>: the client's own options, overridden by the request's OpenAI parameters. Null: none.</summary>
    public static Dictionary<string, JsonElement>? CreateOptions(ChatRequest request, ConversionFaults faults)
    {
        var options = ReadOwnOptions(request, faults);
        Set("temperature", request.Temperature, OllamaJson.Default.Double);
        Set("top_p", request.TopP, OllamaJson.Default.Double);
        Set("num_predict", request.OutputTokenLimit, OllamaJson.Default.Int32);
        Set("stop", request.Stop, OllamaJson.Default.ImmutableArrayString);
        Set("seed", request.Seed, OllamaJson.Default.Int64);
        Set("frequency_penalty", request.FrequencyPenalty, OllamaJson.Default.Double);
        Set("presence_penalty", request.PresencePenalty, OllamaJson.Default.Double);
        return options.Count == 0 ? null : options;

        void Set<T>(string name, T? value, JsonTypeInfo<T> type)
            where T : struct
        {
            if (value is { } given)
            {
                options[name] = JsonSerializer.SerializeToElement(given, type);
            }
        }
    }

    /// <summary><c>format</c>. Null: any text.</summary>
    public static JsonElement? CreateFormat(ChatRequest request, ConversionFaults faults)
    {
        switch (ReadFormat(request, faults))
        {
            case null or { Type: "text" }:
                return null;
            case { Type: "json_object" }:
                return AnyJson;
            case { Type: "json_schema", JsonSchema.Schema: { ValueKind: JsonValueKind.Object } schema }:
                return schema;
            case { Type: "json_schema" }:
                faults.Invalid("must be a JSON Schema", "response_format.json_schema.schema");
                return null;
            default:
                faults.Invalid("must be text, json_object or json_schema", "response_format.type");
                return null;
        }
    }

    /// <summary><c>think</c>, from <c>reasoning_effort</c> or the client's own <c>think</c>. Null: the model's default.</summary>
    public static JsonElement? CreateThink(ChatRequest request, ConversionFaults faults)
    {
        if (request.ReasoningEffort is not null && FindOwn(request, Think) is not null)
        {
            faults.Invalid("cannot be set together with 'think'", "reasoning_effort");
        }

        switch (request.ReasoningEffort)
        {
            case null:
                return FindOwn(request, Think);
            case "none":
                return ThinkNot;
            // Models with levels support three of them; other levels differ between models, and the caller can set those with `think`.
            case "minimal" or "low":
                return ThinkAt("low");
            case "medium":
                return ThinkAt("medium");
            case "high" or "xhigh":
                return ThinkAt("high");
            default:
                faults.Invalid("must be none, minimal, low, medium, high or xhigh", "reasoning_effort");
                return null;
        }
    }

    /// <summary><c>keep_alive</c>. Null: the server's default.</summary>
    public static JsonElement? CreateKeepAlive(ChatRequest request) => FindOwn(request, KeepAlive);

    /// <summary>Whether no tool may be called: then no tools are sent to Ollama.</summary>
    public static bool WantsNoTools(ChatRequest request) => Is(request.ToolChoice, "none");

    private static bool IsPossible(JsonElement choice) =>
        choice.ValueKind == JsonValueKind.Null || Is(choice, "auto") || Is(choice, "none");

    private static bool Is(JsonElement? choice, string word) =>
        choice is { ValueKind: JsonValueKind.String } text && text.ValueEquals(word);

    private static bool IsOwnOrNeutral(string name, JsonElement value) => name switch
    {
        Think or KeepAlive or Options => true,
        "logprobs" or "store" when value.ValueKind == JsonValueKind.False => true,
        _ => ConversionFaults.IsNeutral(value),
    };

    private static JsonElement? FindOwn(ChatRequest request, string name) =>
        request.Extra is { } extra && extra.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonElement ThinkAt(string level) => JsonSerializer.SerializeToElement(level, OllamaJson.Default.String);

    private static Dictionary<string, JsonElement> ReadOwnOptions(ChatRequest request, ConversionFaults faults)
    {
        try
        {
            return FindOwn(request, Options)?.Deserialize(OllamaJson.Default.DictionaryStringJsonElement) ?? [];
        }
        catch (JsonException)
        {
            faults.Invalid("must be an object", Options);
            return [];
        }
    }

    private static RequestedFormat? ReadFormat(ChatRequest request, ConversionFaults faults)
    {
        try
        {
            return request.ResponseFormat?.Deserialize(OllamaJson.Default.RequestedFormat);
        }
        catch (JsonException)
        {
            faults.Invalid("must be an object with a type", "response_format");
            return null;
        }
    }
}
