using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Pipeline.Sharing;

/// <summary>
/// An existing whole answer, replayed whole or as a stream. A choice is streamed as at most four chunks, in the order in which models write:
/// reasoning, content, tool calls, and the finish reason. <see cref="AnswerAssembly"/> assembles them into the same answer again.
/// </summary>
internal sealed class ReplayedAnswer : Answer
{
    private readonly IEnumerator<AnswerFrame> _frames;

    public ReplayedAnswer(ChatResponse whole, bool stream, AnswerInfo info)
    {
        (IsStreamed, Info) = (stream, info);
        _frames = (stream ? ToFrames(whole) : [whole]).GetEnumerator();
    }

    /// <summary>The frames of a whole answer that is replayed as a stream.</summary>
    public static IEnumerable<AnswerFrame> ToFrames(ChatResponse whole)
    {
        foreach (var chunk in ToChunks(whole))
        {
            yield return (ChatStreamEvent)chunk;
        }

        yield return new ChatStreamEvent { Completed = whole.Usage ?? ChatUsage.Of(0, 0) };
    }

    /// <summary>The chunks of a whole answer.</summary>
    public static IEnumerable<ChatChunk> ToChunks(ChatResponse response)
    {
        var empty = new ChatChunk { Id = response.Id, Created = response.Created, Model = response.Model, Extra = response.Extra };
        if (response.Choices.IsEmpty)
        {
            yield return empty;
        }

        foreach (var choice in response.Choices)
        {
            foreach (var piece in ToPieces(choice))
            {
                yield return empty with { Choices = [piece] };
            }
        }
    }

    protected override ValueTask<bool> ReadAsync()
    {
        if (!_frames.MoveNext())
        {
            return new(false);
        }

        SetFrame(_frames.Current);
        return new(Observed(true));
    }

    protected override ValueTask CloseAsync()
    {
        _frames.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IEnumerable<ChatChunkChoice> ToPieces(ChatChoice choice)
    {
        var message = choice.Message ?? new();
        var role = message.Role;
        if (message.ReasoningContent is not null)
        {
            yield return Piece(new() { Role = role, ReasoningContent = message.ReasoningContent });
            role = null;
        }

        yield return Piece(new() { Role = role, Content = message.Content, Refusal = message.Refusal, Extra = message.Extra }) with
        {
            Logprobs = choice.Logprobs,
        };
        if (message.ToolCalls is { } calls)
        {
            yield return Piece(new() { ToolCalls = [.. calls.Select((call, index) => call with { Index = index })] });
        }

        yield return Piece(ChatDelta.Empty) with { FinishReason = choice.FinishReason, Extra = choice.Extra };

        ChatChunkChoice Piece(ChatDelta delta) => new() { Index = choice.Index, Delta = delta };
    }
}
