using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Caching;

/// <summary>
/// Hands a whole answer out as a stream. A choice is at most four pieces, in the order in which models write: what was thought, what is said,
/// what is to be called, and why it ended. <see cref="AnswerAssembly"/> makes the same answer of them again.
/// </summary>
internal static class AnswerReplay
{
    /// <summary>The pieces.</summary>
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
