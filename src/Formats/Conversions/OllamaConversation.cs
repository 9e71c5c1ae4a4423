using System.Collections.Immutable;
using System.Text.Json;
using Prism.Formats.Ollama;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Says a conversation in Ollama's words, from its first message to its last.</summary>
internal sealed class OllamaConversation(OllamaRefusal refusal)
{
    private static readonly JsonElement NoArguments = JsonElement.Parse("{}");

    // By the id of the call, which may come again: the latest call is the one that is answered.
    private readonly Dictionary<string, string> _calledFunctions = new(StringComparer.Ordinal);

    public ImmutableArray<OllamaMessage> Translate(ImmutableArray<ChatMessage> messages) =>
        [.. messages.Select((message, index) => Translate(message, $"messages[{index}]"))];

    private OllamaMessage Translate(ChatMessage message, string path)
    {
        var isToolResult = message.Role == ChatRoles.Tool;
        // On a tool message the name is the function's, which the id of the call tells already.
        if (message.Name is not null && !isToolResult)
        {
            refusal.AddUnsupported(path + ".name");
        }

        refusal.AddUnknown(message.Extra, path);
        return new()
        {
            Role = TranslateRole(message.Role, path),
            Content = message.Content?.ToText() ?? "",
            Thinking = message.ReasoningContent,
            Images = new OllamaImages(refusal).Translate(message.Content, path + ".content"),
            ToolCalls = TranslateCalls(message.ToolCalls, path + ".tool_calls"),
            ToolName = isToolResult ? FindFunction(message.ToolCallId, path + ".tool_call_id") : null,
            ToolCallId = isToolResult ? message.ToolCallId : null,
        };
    }

    private string? TranslateRole(string? role, string path)
    {
        switch (role)
        {
            case ChatRoles.Developer:
                return ChatRoles.System;
            case ChatRoles.System or ChatRoles.User or ChatRoles.Assistant or ChatRoles.Tool:
                return role;
            default:
                refusal.AddInvalid(path + ".role", "must be one of " + string.Join(", ", ChatRoles.All));
                return null;
        }
    }

    private string? FindFunction(string? id, string path)
    {
        if (id is not null && _calledFunctions.TryGetValue(id, out var name))
        {
            return name;
        }

        refusal.AddInvalid(path, "must be the id of a tool call in an earlier message");
        return null;
    }

    private ImmutableArray<OllamaToolCall>? TranslateCalls(ImmutableArray<ToolCall>? calls, string path) =>
        calls is { IsDefaultOrEmpty: false } made ? [.. made.Select((call, index) => TranslateCall(call, $"{path}[{index}]"))] : null;

    private OllamaToolCall TranslateCall(ToolCall call, string path)
    {
        if (call.Type is not (null or OllamaTool.FunctionType))
        {
            refusal.AddUnsupported(path + ".type", "a tool can only be a function");
        }

        if (call.Function is not { Name: { Length: > 0 } name } function)
        {
            refusal.AddInvalid(path + ".function.name", "is missing");
            return new();
        }

        if (call.Id is not null)
        {
            _calledFunctions[call.Id] = name;
        }

        refusal.AddUnknown(call.Extra, path);
        refusal.AddUnknown(function.Extra, path + ".function");
        var arguments = ParseArguments(function.Arguments, path + ".function.arguments");
        return new() { Id = call.Id, Function = new() { Name = name, Arguments = arguments } };
    }

    private JsonElement ParseArguments(string? text, string path)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return NoArguments;
        }

        try
        {
            var arguments = JsonElement.Parse(text);
            if (arguments.ValueKind == JsonValueKind.Object)
            {
                return arguments;
            }
        }
        catch (JsonException)
        {
            // The same as JSON that is no object: Ollama takes arguments as an object only.
        }

        refusal.AddInvalid(path, "must be the text of a JSON object");
        return NoArguments;
    }
}
