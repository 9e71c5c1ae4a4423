using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Pipeline;

/// <summary>
/// An answer that has been opened: whole, which is one frame, or streamed. It stands before its first frame. A stage of the pipeline decides how an
/// answer is opened; it is read from its source (upstream, stored, shared) without another stage between them.
/// </summary>
public abstract class Answer : IAsyncDisposable
{
    private AnswerFrame? _frame;

    /// <summary>Which provider answers, and how; null where the request was rejected before it had one.</summary>
    public AnswerInfo? Info { get; set; }

    /// <summary>Why there is no answer. Then there are no frames either.</summary>
    public ChatError? Error { get; protected init; }

    /// <summary>Whether it comes chunk by chunk; else it is one frame, which is there when it is open.</summary>
    public bool IsStreamed { get; protected set; }

    /// <summary>
    /// The frame as the provider sent it, in OpenAI's format; empty where it was made or changed here. Valid until the next <see cref="NextAsync"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Raw { get; private set; }

    /// <summary>
    /// The frame in its canonical form: a whole answer, or a chunk of a streamed one, which ends with its usage or its failure. Of a frame that is bytes
    /// it is read when it is asked for. Valid until the next <see cref="NextAsync"/>.
    /// </summary>
    public AnswerFrame Frame => _frame ??= ReadRaw();

    /// <summary>Whether the frame is the last one.</summary>
    public bool IsAtEnd => Raw.IsEmpty ? Frame.IsLast : !IsStreamed;

    /// <summary>What the answer took, once that is known.</summary>
    public ChatUsage? Usage { get; private protected set; }

    /// <summary>The one observer of its frames.</summary>
    internal IAnswerObserver? Observer { get; set; }

    /// <summary>An answer that could not be opened.</summary>
    /// <param name="error">Why.</param>
    /// <param name="info">Which provider was asked; null for <see cref="ChatError.Route"/>.</param>
    public static Answer Failed(ChatError error, AnswerInfo? info = null) => new FailedAnswer(error, info ?? error.Route);

    /// <summary>Goes on to the next frame.</summary>
    /// <returns>False where there is none.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public ValueTask<bool> NextAsync()
    {
        Observer?.OnReading();
        return ReadAsync();
    }

    /// <summary>Stops reading. An answer that is still being generated is cancelled, unless it has other readers.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await CloseAsync();
        }
        finally
        {
            Observer?.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Replaces the frame.</summary>
    internal void Replace(AnswerFrame frame) => SetFrame(frame);

    /// <summary>Reads the next frame from the source. Each frame goes past <see cref="Observed"/> before it is handed out.</summary>
    protected abstract ValueTask<bool> ReadAsync();

    /// <summary>Lets go of the source.</summary>
    protected abstract ValueTask CloseAsync();

    /// <summary>Sets the frame, in its canonical form.</summary>
    protected void SetFrame(AnswerFrame frame) => (Raw, _frame, Usage) = (default, frame, frame.Whole?.Usage ?? frame.Streamed.Completed);

    /// <summary>Sets the frame, as it came.</summary>
    /// <param name="raw">The bytes.</param>
    /// <param name="usage">What a whole answer took.</param>
    protected void SetFrame(ReadOnlyMemory<byte> raw, ChatUsage? usage = null) => (Raw, _frame, Usage) = (raw, null, usage);

    /// <summary>Shows the observer the frame that has been set.</summary>
    /// <param name="hasFrame">Whether there is one.</param>
    protected bool Observed(bool hasFrame)
    {
        if (hasFrame)
        {
            Observer?.OnFrame(this);
        }

        return hasFrame;
    }

    private AnswerFrame ReadRaw()
    {
        if (Raw.IsEmpty)
        {
            return default;
        }

        return IsStreamed
            ? (ChatStreamEvent)JsonSerializer.Deserialize(Raw.Span, ChatJson.Lenient.ChatChunk)!
            : JsonSerializer.Deserialize(Raw.Span, ChatJson.Lenient.ChatResponse)! with { Usage = Usage };
    }

    private sealed class FailedAnswer : Answer
    {
        public FailedAnswer(ChatError error, AnswerInfo? info) => (Error, Info) = (error, info);

        protected override ValueTask<bool> ReadAsync() => new(false);

        protected override ValueTask CloseAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>Watches the frames of an answer. Disposed when nothing more of the answer is read.</summary>
internal interface IAnswerObserver : IDisposable
{
    /// <summary>The next frame is waited for.</summary>
    void OnReading();

    /// <summary>A frame is about to be handed out.</summary>
    void OnFrame(Answer answer);
}
