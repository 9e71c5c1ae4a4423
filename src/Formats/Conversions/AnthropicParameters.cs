using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>The parameters of a request that Anthropic supports.</summary>
internal static class AnthropicParameters
{
    public const string Thinking = "thinking";
    public const string Metadata = "metadata";

    private static readonly FrozenSet<string> Own = FrozenSet.Create(Thinking, Metadata, "top_k", "service_tier");

    /// <summary>The parameters that request something that Anthropic does not support. A neutral value requests nothing.</summary>
    public static ImmutableArray<string> FindUnsupported(ChatRequest request) =>
    [
        .. Named(request).Where(parameter => parameter.IsSet).Select(parameter => parameter.Name),
        .. (request.Extra ?? []).Where(IsUnknown).Select(parameter => parameter.Key),
    ];

    /// <summary>Anthropic's own parameters in the request; null if it has none.</summary>
    public static Dictionary<string, JsonElement>? Verbatim(ChatRequest request)
    {
        var own = request.Extra?.Where(parameter => Own.Contains(parameter.Key) && !IsNull(parameter.Value)).ToDictionary();
        return own is { Count: > 0 } ? own : null;
    }

    private static IEnumerable<(string Name, bool IsSet)> Named(ChatRequest request) =>
    [
        ("n", request.N is not (null or 1)),
        ("seed", request.Seed is not null),
        ("frequency_penalty", request.FrequencyPenalty is not (null or 0)),
        ("presence_penalty", request.PresencePenalty is not (null or 0)),
    ];

    private static bool IsUnknown(KeyValuePair<string, JsonElement> parameter) =>
        !IsNull(parameter.Value)
        && !Own.Contains(parameter.Key)
        && parameter is not { Key: "logprobs" or "store", Value.ValueKind: JsonValueKind.False };

    private static bool IsNull(JsonElement value) => value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;
}
