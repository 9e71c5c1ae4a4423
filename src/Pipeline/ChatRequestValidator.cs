using System.Collections.Immutable;
using System.Globalization;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline;

/// <summary>
/// Rejects requests that no provider can serve, and names the field. The translation for a provider reports what only that provider does not support.
/// </summary>
internal static class ChatRequestValidator
{
    private const int MaxChoices = 128;

    // The name goes to the log and, once a provider has answered for it, into labels.
    internal const int MaxModelLength = 256;

    /// <summary>The first fault, or null.</summary>
    public static ChatError? Validate(ChatRequest request) => ChatNames.FindLookalike(request) ?? ValidateValues(request);

    /// <summary>The same for a request whose names are known to be right.</summary>
    public static ChatError? ValidateValues(ChatRequest request) =>
        CheckMessages(request)
        ?? CheckModel(request.Model)
        ?? CheckRange(request.Temperature, 0, 2, "temperature")
        ?? CheckRange(request.TopP, 0, 1, "top_p")
        ?? CheckRange(request.FrequencyPenalty, -2, 2, "frequency_penalty")
        ?? CheckRange(request.PresencePenalty, -2, 2, "presence_penalty")
        ?? CheckRange(request.MaxTokens, 1, int.MaxValue, "max_tokens")
        ?? CheckRange(request.MaxCompletionTokens, 1, int.MaxValue, "max_completion_tokens")
        ?? CheckRange(request.N, 1, MaxChoices, "n")
        ?? CheckTools(request);

    private static ChatError? CheckMessages(ChatRequest request)
    {
        if (request.Messages.IsEmpty)
        {
            return ChatError.Invalid("'messages' must have at least one message.", "messages");
        }

        for (var i = 0; i < request.Messages.Length; i++)
        {
            if (FindFlaw(request.Messages[i]) is { } flaw)
            {
                return flaw.In(At("messages", i));
            }
        }

        return null;
    }

    private static ChatError? CheckModel(string? model) => model is { Length: > MaxModelLength }
        ? ChatError.Invalid(string.Create(CultureInfo.InvariantCulture, $"'model' must have at most {MaxModelLength} characters."), "model")
        : null;

    private static Flaw? FindFlaw(ChatMessage? message) => message switch
    {
        null => new("", "must be an object"),
        { Role: null } => new(".role", "is missing"),
        { Role: var role } when !ChatRoles.All.Contains(role) => new(".role", $"must be one of {string.Join(", ", ChatRoles.All)}"),
        { Role: ChatRoles.Tool, ToolCallId: null } => new(".tool_call_id", "is missing"),
        // An assistant message may consist of tool calls, a refusal or a vendor's own fields.
        { Content: null, Role: not ChatRoles.Assistant } or { Content: null, ToolCalls: null, Extra: null } => new(".content", "is missing"),
        _ => FindFlaw(message.Content) ?? FindFlaw(message.ToolCalls ?? []),
    };

    private static Flaw? FindFlaw(MessageContent? content)
    {
        if (content is null or { Text: not null })
        {
            return null;
        }

        if (content.Parts.IsEmpty)
        {
            return new(".content", "must have at least one part");
        }

        for (var i = 0; i < content.Parts.Length; i++)
        {
            if (FindFlaw(content.Parts[i]) is { } flaw)
            {
                return flaw with { Path = At(".content", i) + flaw.Path };
            }
        }

        return null;
    }

    private static Flaw? FindFlaw(ContentPart? part) => part switch
    {
        null => new("", "must be an object"),
        { Type: null } => new(".type", "is missing"),
        { Type: ContentPart.TextType, Text: null } => new(".text", "is missing"),
        { Type: ContentPart.ImageType, ImageUrl.Url: null } or { Type: ContentPart.ImageType, ImageUrl: null } => new(".image_url.url", "is missing"),
        _ => null,
    };

    private static Flaw? FindFlaw(ImmutableArray<ToolCall> calls)
    {
        for (var i = 0; i < calls.Length; i++)
        {
            // OpenAI-type providers validate calls of other types than function.
            if (calls[i] is null or { Id: null } or { Type: null or "function", Function.Name: null } or { Type: null or "function", Function: null })
            {
                return new(At(".tool_calls", i), "must have an id and a function with a name");
            }
        }

        return null;
    }

    private static ChatError? CheckTools(ChatRequest request)
    {
        var tools = request.Tools ?? [];
        for (var i = 0; i < tools.Length; i++)
        {
            if (tools[i] is null or { Type: null })
            {
                return ChatError.Invalid($"'{At("tools", i)}.type' is missing.", At("tools", i) + ".type");
            }

            if (tools[i] is { Type: "function", Function: null } or { Type: "function", Function.Name: null })
            {
                return ChatError.Invalid($"'{At("tools", i)}.function.name' is missing.", At("tools", i) + ".function.name");
            }
        }

        return null;
    }

    private static ChatError? CheckRange(double? value, double min, double max, string param) =>
        value is { } number && !(number >= min && number <= max)
            ? ChatError.Invalid(string.Create(CultureInfo.InvariantCulture, $"'{param}' must be from {min} to {max}, not {number}."), param)
            : null;

    private static ChatError? CheckRange(int? value, int min, int max, string param) =>
        value is { } number && (number < min || number > max)
            ? ChatError.Invalid(
                max == int.MaxValue
                    ? string.Create(CultureInfo.InvariantCulture, $"'{param}' must be at least {min}, not {number}.")
                    : string.Create(CultureInfo.InvariantCulture, $"'{param}' must be from {min} to {max}, not {number}."),
                param)
            : null;

    private static string At(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>A fault of a message. Its whole path is only built if there is a fault.</summary>
    /// <param name="Path">The path, relative to the message.</param>
    /// <param name="Problem">The fault at that path.</param>
    private readonly record struct Flaw(string Path, string Problem)
    {
        public ChatError In(string message) => ChatError.Invalid($"'{message}{Path}' {Problem}.", message + Path);
    }
}
