using System.Text;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>A block of a stream that has begun and not ended. A block of an unknown type has no output.</summary>
internal class AnthropicOpenBlock
{
    private AnthropicOpenBlock()
    {
    }

    /// <param name="block">The block as it begins.</param>
    /// <param name="toolCalls">The tool calls that have begun; incremented if this is one.</param>
    public static AnthropicOpenBlock Create(AnthropicBlock block, ref int toolCalls) => block switch
    {
        AnthropicText text => new OpenText(text),
        AnthropicToolUse call => new OpenToolUse(call, toolCalls++),
        AnthropicThinking thinking => new OpenThinking(thinking),
        AnthropicRedactedThinking thinking => new OpenRedactedThinking(thinking),
        _ => new AnthropicOpenBlock(),
    };

    /// <summary>The output of its start; null: none yet.</summary>
    public virtual ChatDelta? Start() => null;

    /// <summary>The output of a piece; null: none.</summary>
    public virtual ChatDelta? Add(AnthropicDelta delta) => null;

    /// <summary>The output of its end; null: no more.</summary>
    public virtual ChatDelta? Stop() => null;

    private sealed class OpenText(AnthropicText text) : AnthropicOpenBlock
    {
        public override ChatDelta? Start() => Say(text.Text);

        public override ChatDelta? Add(AnthropicDelta delta) => delta is AnthropicTextDelta piece ? Say(piece.Text) : null;

        private static ChatDelta? Say(string text) => text.Length > 0 ? new() { Content = text } : null;
    }

    private sealed class OpenToolUse(AnthropicToolUse call, int index) : AnthropicOpenBlock
    {
        private bool _hasArguments;

        public override ChatDelta Start() => Say(new()
        {
            Index = index,
            Id = call.Id,
            Type = "function",
            Function = new() { Name = call.Name, Arguments = "" },
        });

        public override ChatDelta? Add(AnthropicDelta delta)
        {
            if (delta is not AnthropicInputJsonDelta { PartialJson: { Length: > 0 } fragment })
            {
                return null;
            }

            _hasArguments = true;
            return Say(Fragment(fragment));
        }

        // A call without arguments has no fragment, or an empty one: the client still needs {}.
        public override ChatDelta? Stop() => _hasArguments ? null : Say(Fragment(AnthropicAnswerReader.ArgumentsOf(call)));

        private ToolCall Fragment(string arguments) => new() { Index = index, Function = new() { Arguments = arguments } };

        private static ChatDelta Say(ToolCall call) => new() { ToolCalls = [call] };
    }

    private sealed class OpenThinking(AnthropicThinking thinking) : AnthropicOpenBlock
    {
        private readonly StringBuilder _text = new(thinking.Thinking);
        private string? _signature = thinking.Signature;

        public override ChatDelta? Start() => Say(thinking.Thinking);

        public override ChatDelta? Add(AnthropicDelta delta)
        {
            switch (delta)
            {
                case AnthropicThinkingDelta piece:
                    _text.Append(piece.Thinking);
                    return Say(piece.Thinking);
                case AnthropicSignatureDelta piece:
                    _signature += piece.Signature;
                    return null;
                default:
                    return null;
            }
        }

        public override ChatDelta Stop() =>
            new() { Extra = AnthropicThoughts.Write([thinking with { Thinking = _text.ToString(), Signature = _signature }]) };

        private static ChatDelta? Say(string thought) => thought.Length > 0 ? new() { ReasoningContent = thought } : null;
    }

    private sealed class OpenRedactedThinking(AnthropicRedactedThinking thinking) : AnthropicOpenBlock
    {
        public override ChatDelta Stop() => new() { Extra = AnthropicThoughts.Write([thinking]) };
    }
}
