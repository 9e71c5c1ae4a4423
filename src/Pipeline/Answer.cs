using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Pipeline;

/// <summary>
/// An answer that has been opened: whole, which is one frame, or streamed. It stands before its first frame. A stage of the pipeline decides how an
/// answer is opened; it is read from its source (upstream, stored, shared) without another stage between them.
/// </summary>
public abstract class Answer : IAsyncDisposable
{
    /// <summary>Which provider answers, and how; null where the request was rejected before it had one.</summary>
    public AnswerInfo? Info { get; set; }

    /// <summary>Why there is no answer. Then there are no frames either.</summary>
    public ChatError? Error { get; protected init; }

    /// <summary>Whether it comes chunk by chunk; else it is one frame, which is there when it is open.</summary>
    public bool IsStreamed { get; protected set; }

    /// <summary>
    /// Where it stands: a whole answer, or a chunk of a streamed one, which ends with its usage or its failure. Valid until the next
    /// <see cref="NextAsync"/>.
    /// </summary>
    public AnswerFrame Frame { get; protected set; }

    /// <summary>An answer that could not be opened.</summary>
    /// <param name="error">Why.</param>
    /// <param name="info">Which provider was asked; null for <see cref="ChatError.Route"/>.</param>
    public static Answer Failed(ChatError error, AnswerInfo? info = null) => new FailedAnswer(error, info ?? error.Route);

    /// <summary>Goes on to the next frame.</summary>
    /// <returns>False where there is none.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public abstract ValueTask<bool> NextAsync();

    /// <summary>Stops reading. An answer that is still being generated is cancelled, unless it has other readers.</summary>
    public abstract ValueTask DisposeAsync();

    private sealed class FailedAnswer : Answer
    {
        public FailedAnswer(ChatError error, AnswerInfo? info) => (Error, Info) = (error, info);

        public override ValueTask<bool> NextAsync() => new(false);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
