using System.Text;
using Prism.Tokens;

namespace Prism.Chat;

/// <summary>What a streamed answer has come to so far: what accounting needs to know at its end, however it ends.</summary>
internal sealed class StreamedAnswer(ChatCall call, TokenCounter tokens)
{
    private readonly StringBuilder _text = new();
    private string? _id;
    private ChatUsage? _usage;

    /// <summary>Whether a piece has come.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Takes a piece, and returns it with what the provider left out of it.</summary>
    public ChatChunk Add(ChatChunk chunk)
    {
        HasBegun = true;
        _usage = chunk.Usage ?? _usage;
        foreach (var choice in chunk.Choices)
        {
            Add(choice.Delta);
        }

        return chunk is { Id: not null, Model: not null, Usage: null }
            ? chunk
            // The usage is told once, by the event that ends the stream.
            : chunk with { Id = chunk.Id ?? (_id ??= ChatCall.NewAnswerId()), Model = chunk.Model ?? call.Route.Model, Usage = null };
    }

    /// <summary>What the answer took: as the provider says, else counted.</summary>
    public ChatUsage GetUsage() => _usage ?? ChatUsage.Of(
        tokens.CountPrompt(call.Route.Model, call.Request), tokens.CountText(call.Route.Model, _text.ToString()));

    private void Add(ChatDelta delta)
    {
        _text.Append(delta.Content).Append(delta.ReasoningContent).Append(delta.Refusal);
        foreach (var fragment in delta.ToolCalls ?? [])
        {
            _text.Append(fragment.Function?.Name).Append(fragment.Function?.Arguments);
        }
    }
}
