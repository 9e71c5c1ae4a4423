using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// The names of a request's properties. Servers differ in how they compare names (Go's JSON ignores case, and takes <c>ſ</c> for <c>s</c>), so Prism
/// would pass on a name that only resembles a known one as unknown, and such a server would obey it, without any check of the known one.
/// </summary>
public static class ChatNames
{
    // Parameters of these names mean something to Prism too, or to most servers.
    private static readonly FrozenDictionary<string, string> OfRequest = NamesOf(
        ChatJson.Lenient.ChatRequest,
        "audio", "function_call", "functions", "keep_alive", "logit_bias", "logprobs", "metadata", "modalities", "options", "prediction",
        "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "service_tier", "store", "think", "thinking", "top_k", "top_logprobs",
        "verbosity", "web_search_options");

    private static readonly FrozenDictionary<string, string> OfStreamOptions = NamesOf(ChatJson.Lenient.Find<ChatStreamOptions>());
    private static readonly FrozenDictionary<string, string> OfMessage = NamesOf(
        ChatJson.Lenient.Find<ChatMessage>(), "audio", "cache_control", "function_call", "refusal", "thinking_blocks");

    private static readonly FrozenDictionary<string, string> OfPart = NamesOf(
        ChatJson.Lenient.Find<ContentPart>(), "cache_control", "file", "input_audio", "refusal", "video_url");

    private static readonly FrozenDictionary<string, string> OfImage = NamesOf(ChatJson.Lenient.Find<ImageUrl>());
    private static readonly FrozenDictionary<string, string> OfTool = NamesOf(ChatJson.Lenient.Find<ToolDefinition>(), "cache_control", "custom");
    private static readonly FrozenDictionary<string, string> OfFunction = NamesOf(ChatJson.Lenient.Find<FunctionDefinition>(), "cache_control");
    private static readonly FrozenDictionary<string, string> OfCall = NamesOf(ChatJson.Lenient.Find<ToolCall>(), "custom");
    private static readonly FrozenDictionary<string, string> OfCalled = NamesOf(ChatJson.Lenient.Find<FunctionCall>());
    private static readonly FrozenDictionary<string, string> OfChoice = Names(["type", "function", "custom", "allowed_tools"]);
    private static readonly FrozenDictionary<string, string> OfFormat = Names(["type", "json_schema"]);
    private static readonly FrozenDictionary<string, string> OfSchema = Names(["name", "description", "schema", "strict"]);
    private static readonly FrozenDictionary<string, string> OfName = Names(["name"]);
    private static readonly FrozenDictionary<string, string> OfThinking = Names(["type", "budget_tokens"]);
    private static readonly FrozenDictionary<string, string> OfAudio = Names(["data", "format"]);
    private static readonly FrozenDictionary<string, string> OfFile = Names(["file_data", "file_id", "filename"]);

    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>The first property whose name differs from a known one only by case, or by white space around it; null if there is none.</summary>
    public static ChatError? FindLookalike(ChatRequest request) =>
        Find(request.Extra, OfRequest, "")
        ?? Find(request.StreamOptions?.Extra, OfStreamOptions, "stream_options.")
        ?? FindInMessages(request)
        ?? FindInTools(request)
        ?? Find(request.ToolChoice, OfChoice, "tool_choice.")
        ?? Find(Member(request.ToolChoice, "function"), OfName, "tool_choice.function.")
        ?? Find(request.ResponseFormat, OfFormat, "response_format.")
        ?? Find(Member(request.ResponseFormat, "json_schema"), OfSchema, "response_format.json_schema.")
        ?? Find(Member(request.Extra, "thinking"), OfThinking, "thinking.");

    /// <summary>The name as the most lenient server reads it: in lower case and without white space around it.</summary>
    public static string Fold(string name)
    {
        if (!name.AsSpan().ContainsAnyExcept(Plain))
        {
            return name;
        }

        return string.Create(name.AsSpan().Trim().Length, name, static (folded, name) =>
        {
            name.AsSpan().Trim().ToLowerInvariant(folded);
            // The letters beyond ASCII whose upper or lower case is an ASCII letter.
            folded.Replace('ſ', 's');
            folded.Replace('\u212A', 'k');
            folded.Replace('ı', 'i');
            folded.Replace('İ', 'i');
        });
    }

    private static ChatError? FindInMessages(ChatRequest request)
    {
        for (var i = 0; i < request.Messages.Length; i++)
        {
            if (request.Messages[i] is { } message
                && (Find(message.Extra, OfMessage, At("messages", i)) ?? FindInParts(message, i) ?? FindInCalls(message, i)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static ChatError? FindInParts(ChatMessage message, int index)
    {
        var parts = message.Content?.Parts ?? [];
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i];
            if (part is null || (part.Extra is null && part.ImageUrl?.Extra is null))
            {
                continue;
            }

            var path = At("messages", index) + At("content", i);
            if ((Find(part.Extra, OfPart, path)
                ?? Find(part.ImageUrl?.Extra, OfImage, path + "image_url.")
                ?? Find(Member(part.Extra, "input_audio"), OfAudio, path + "input_audio.")
                ?? Find(Member(part.Extra, "file"), OfFile, path + "file.")) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static ChatError? FindInCalls(ChatMessage message, int index)
    {
        var calls = message.ToolCalls ?? [];
        for (var i = 0; i < calls.Length; i++)
        {
            var path = At("messages", index) + At("tool_calls", i);
            if ((Find(calls[i]?.Extra, OfCall, path) ?? Find(calls[i]?.Function?.Extra, OfCalled, path + "function.")) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static ChatError? FindInTools(ChatRequest request)
    {
        var tools = request.Tools ?? [];
        for (var i = 0; i < tools.Length; i++)
        {
            var path = At("tools", i);
            if ((Find(tools[i]?.Extra, OfTool, path) ?? Find(tools[i]?.Function?.Extra, OfFunction, path + "function.")) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static ChatError? Find(Dictionary<string, JsonElement>? extra, FrozenDictionary<string, string> known, string path)
    {
        foreach (var (name, _) in extra ?? [])
        {
            if (Find(name, known, path) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static ChatError? Find(JsonElement? element, FrozenDictionary<string, string> known, string path)
    {
        if (element is { ValueKind: JsonValueKind.Object } value)
        {
            foreach (var property in value.EnumerateObject())
            {
                if (Find(property.Name, known, path) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    private static ChatError? Find(string name, FrozenDictionary<string, string> known, string path) =>
        known.TryGetValue(Fold(name), out var meant) && meant != name
            ? ChatError.Invalid($"'{path}{name}' is unknown and resembles '{path}{meant}'; names must match exactly.", path + name, "unknown_parameter")
            : null;

    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var member) ? member : null;

    private static JsonElement? Member(Dictionary<string, JsonElement>? extra, string name) =>
        extra is not null && extra.TryGetValue(name, out var member) ? member : null;

    private static FrozenDictionary<string, string> NamesOf<T>(JsonTypeInfo<T> type, params string[] more) =>
        Names(type.Properties.Where(property => !property.IsExtensionData).Select(property => property.Name).Concat(more));

    private static FrozenDictionary<string, string> Names(IEnumerable<string> names) =>
        names.ToFrozenDictionary(name => name, StringComparer.Ordinal);

    private static string At(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}].");
}
