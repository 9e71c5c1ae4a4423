using System.Collections.Immutable;
using System.Text.Json;
using Prism.Formats.Anthropic.Messages;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>
/// A conversation in Anthropic's form: instructions separate from the messages, and alternating turns of user and assistant, with the results of
/// tools in the user's turns.
/// </summary>
internal sealed class AnthropicConversation
{
    private readonly ConversionFaults _faults;
    private readonly ImmutableArray<AnthropicBlock>.Builder _system = ImmutableArray.CreateBuilder<AnthropicBlock>();
    private readonly List<(string Role, List<AnthropicBlock> Content)> _turns = [];

    private AnthropicConversation(ConversionFaults faults) => _faults = faults;

    /// <summary>The instructions, from anywhere in the conversation.</summary>
    public ImmutableArray<AnthropicBlock> System => _system.ToImmutable();

    /// <summary>The turns, oldest first.</summary>
    public ImmutableArray<AnthropicMessage> Messages => [.. _turns.Select(turn => new AnthropicMessage(turn.Role, [.. turn.Content]))];

    public static AnthropicConversation From(ImmutableArray<ChatMessage> messages, ConversionFaults faults)
    {
        var conversation = new AnthropicConversation(faults);
        for (var index = 0; index < messages.Length; index++)
        {
            conversation.Add(messages[index], $"messages[{index}]");
        }

        if (conversation._turns.Count == 0)
        {
            faults.Invalid("must have a message with content that is not an instruction", "messages");
        }

        return conversation;
    }

    private void Add(ChatMessage message, string path)
    {
        CheckName(message, path);
        switch (message.Role)
        {
            case ChatRoles.System or ChatRoles.Developer:
                _system.AddRange(AnthropicContent.MapInstructions(message.Content, path, _faults));
                break;
            case ChatRoles.User:
                AddTo(ChatRoles.User, AnthropicContent.MapSaid(message.Content, path, _faults));
                break;
            case ChatRoles.Tool:
                AddTo(ChatRoles.User, [MapToolResult(message, path)]);
                break;
            case ChatRoles.Assistant:
                AddTo(ChatRoles.Assistant, MapAssistant(message, path));
                break;
            default:
                _faults.Invalid($"must be one of {string.Join(", ", ChatRoles.All)}", path + ".role");
                break;
        }
    }

    private void AddTo(string role, IEnumerable<AnthropicBlock> blocks)
    {
        var content = blocks.ToList();
        if (content.Count == 0)
        {
            return;
        }

        if (_turns is [.., var last] && last.Role == role)
        {
            last.Content.AddRange(content);
        }
        else
        {
            _turns.Add((role, content));
        }
    }

    // The name on a tool's result is only the function's, which the call's id already identifies.
    private void CheckName(ChatMessage message, string path)
    {
        if (message.Name is { Length: > 0 } && message.Role != ChatRoles.Tool)
        {
            _faults.Unsupported("names of participants", path + ".name");
        }
    }

    private AnthropicToolResult MapToolResult(ChatMessage message, string path)
    {
        if (string.IsNullOrEmpty(message.ToolCallId))
        {
            _faults.Invalid("is missing", path + ".tool_call_id");
        }

        ImmutableArray<AnthropicBlock> content = [.. AnthropicContent.MapSaid(message.Content, path, _faults)];
        return new() { ToolUseId = message.ToolCallId ?? "", Content = content.IsEmpty ? null : content };
    }

    // Thinking first, then text, then calls: the order in which the model wrote them. The message's reasoning_content is omitted on purpose: it has
    // no signature, and Anthropic rejects thinking without one. The thinking for round trips is in thinking_blocks.
    private IEnumerable<AnthropicBlock> MapAssistant(ChatMessage message, string path) =>
    [
        .. MapThinking(message, path),
        .. AnthropicContent.MapAnswered(message, path, _faults),
        .. (message.ToolCalls ?? []).Select((call, index) => MapToolCall(call, $"{path}.tool_calls[{index}]")),
    ];

    private ImmutableArray<AnthropicBlock> MapThinking(ChatMessage message, string path)
    {
        if (AnthropicThoughts.Read(message) is { } thoughts)
        {
            return thoughts;
        }

        _faults.Invalid("must be a list of unchanged thinking and redacted_thinking blocks", $"{path}.{AnthropicThoughts.Property}");
        return [];
    }

    private AnthropicToolUse MapToolCall(ToolCall call, string path)
    {
        if (call.Type is not (null or "function"))
        {
            _faults.Unsupported("calls of a type other than 'function'", path + ".type");
        }

        if (string.IsNullOrEmpty(call.Id))
        {
            _faults.Invalid("is missing", path + ".id");
        }

        if (string.IsNullOrEmpty(call.Function?.Name))
        {
            _faults.Invalid("is missing", path + ".function.name");
        }

        return new()
        {
            Id = call.Id ?? "",
            Name = call.Function?.Name ?? "",
            Input = ReadArguments(call.Function?.Arguments, path + ".function.arguments"),
        };
    }

    private JsonElement? ReadArguments(string? text, string path)
    {
        if (FunctionJson.ReadArguments(text) is { } arguments)
        {
            return arguments;
        }

        _faults.Invalid("must be a JSON object as text", path);
        return null;
    }
}
