using System.Collections.Immutable;
using System.Text.Json;
using Prism.Formats.Ollama;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Converts a conversation to Ollama's messages, in order: a tool result refers to a call before it.</summary>
internal sealed class OllamaConversation(ConversionFaults faults)
{
    // By the id of the call, which may be reused: a result belongs to the latest call.
    private readonly Dictionary<string, string> _calledFunctions = new(StringComparer.Ordinal);

    public ImmutableArray<OllamaMessage> Translate(ImmutableArray<ChatMessage> messages) =>
        [.. messages.Select((message, index) => Translate(message, $"messages[{index}]"))];

    private OllamaMessage Translate(ChatMessage message, string path)
    {
        var isToolResult = message.Role == ChatRoles.Tool;
        // On a tool message the name is the function's, which the id of the call already identifies.
        if (message.Name is not null && !isToolResult)
        {
            faults.UnsupportedField(path + ".name");
        }

        faults.UnsupportedFields(message.Extra, path);
        return new()
        {
            Role = TranslateRole(message.Role, path),
            Content = message.Content?.ToText() ?? "",
            Thinking = message.ReasoningContent,
            Images = new OllamaImages(faults).Translate(message.Content, path + ".content"),
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
                faults.Invalid("must be one of " + string.Join(", ", ChatRoles.All), path + ".role");
                return null;
        }
    }

    private string? FindFunction(string? id, string path)
    {
        if (id is not null && _calledFunctions.TryGetValue(id, out var name))
        {
            return name;
        }

        faults.Invalid("must be the id of a tool call in an earlier message", path);
        return null;
    }

    private ImmutableArray<OllamaToolCall>? TranslateCalls(ImmutableArray<ToolCall>? calls, string path) =>
        calls is { IsDefaultOrEmpty: false } made ? [.. made.Select((call, index) => TranslateCall(call, $"{path}[{index}]"))] : null;

    private OllamaToolCall TranslateCall(ToolCall call, string path)
    {
        if (call.Type is not (null or OllamaTool.FunctionType))
        {
            faults.UnsupportedField(path + ".type", "a tool can only be a function");
        }

        if (call.Function is not { Name: { Length: > 0 } name } function)
        {
            faults.Invalid("is missing", path + ".function.name");
            return new();
        }

        if (call.Id is not null)
        {
            _calledFunctions[call.Id] = name;
        }

        faults.UnsupportedFields(call.Extra, path);
        faults.UnsupportedFields(function.Extra, path + ".function");
        var arguments = ReadArguments(function.Arguments, path + ".function.arguments");
        return new() { Id = call.Id, Function = new() { Name = name, Arguments = arguments } };
    }

    private JsonElement? ReadArguments(string? text, string path)
    {
        if (FunctionJson.ReadArguments(text) is { } arguments)
        {
            return arguments;
        }

        faults.Invalid("must be the text of a JSON object", path);
        return null;
    }
}
