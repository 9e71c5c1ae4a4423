using System.Text;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>A block of a stream that has begun and not ended. Of a kind that Prism does not know it says nothing, whatever comes.</summary>
internal class AnthropicOpenBlock
{
    private AnthropicOpenBlock()
    {
    }

    /// <param name="block">As it begins.</param>
    /// <param name="toolCalls">How many tool calls have begun; counted up where this is one.</param>
    public static AnthropicOpenBlock Create(AnthropicBlock block, ref int toolCalls) => block switch
    {
        AnthropicText text => new OpenText(text),
        AnthropicToolUse call => new OpenToolUse(call, toolCalls++),
        AnthropicThinking thinking => new OpenThinking(thinking),
        AnthropicRedactedThinking thinking => new OpenRedactedThinking(thinking),
        _ => new AnthropicOpenBlock(),
    };

    /// <summary>What its begin says; null: nothing yet.</summary>
    public virtual ChatDelta? Start() => null;

    /// <summary>What a piece of it says; null: nothing.</summary>
    public virtual ChatDelta? Add(AnthropicDelta delta) => null;

    /// <summary>What its end says; null: nothing more.</summary>
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

        // Of a call without arguments no fragment comes, or an empty one: {} has to be said all the same.
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
