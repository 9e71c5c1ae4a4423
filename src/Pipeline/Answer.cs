using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Pipeline;

/// <summary>
/// An opened answer: whole, which is one frame, or streamed. It is positioned before its first frame. A stage of the pipeline decides how an answer
/// is opened; frames are read directly from its source (upstream, stored, shared).
/// </summary>
public abstract class Answer : IAsyncDisposable
{
    private AnswerFrame? _frame;

    /// <summary>The provider that answers, and how; null if the request was rejected before it had one.</summary>
    public AnswerInfo? Info { get; set; }

    /// <summary>The reason that there is no answer. Then there are no frames either.</summary>
    public ChatError? Error { get; protected init; }

    /// <summary>Whether the answer is streamed in chunks; otherwise it is one frame, available once it is open.</summary>
    public bool IsStreamed { get; protected set; }

    /// <summary>
    /// The frame as the provider sent it, in OpenAI's format; empty if Prism created or changed it. Valid until the next <see cref="NextAsync"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Raw { get; private set; }

    /// <summary>
    /// The frame in its canonical form: a whole answer, or a chunk of a streamed one, which ends with its usage or its failure. A raw frame is parsed
    /// on the first access. Valid until the next <see cref="NextAsync"/>.
    /// </summary>
    public AnswerFrame Frame => _frame ??= ReadRaw();

    /// <summary>Whether the frame is the last one.</summary>
    public bool IsAtEnd => Raw.IsEmpty ? Frame.IsLast : !IsStreamed;

    /// <summary>The usage of the answer, once it is known.</summary>
    public ChatUsage? Usage { get; private protected set; }

    /// <summary>The one observer of its frames.</summary>
    internal IAnswerObserver? Observer { get; set; }

    /// <summary>An answer that could not be opened.</summary>
    /// <param name="error">The reason.</param>
    /// <param name="info">The provider that was called; null for <see cref="ChatError.Route"/>.</param>
    public static Answer Failed(ChatError error, AnswerInfo? info = null) => new FailedAnswer(error, info ?? error.Route);

    /// <summary>Advances to the next frame.</summary>
    /// <returns>False if there is none.</returns>
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

    /// <summary>Reads the next frame from the source. Each frame passes <see cref="Observed"/> before the caller gets it.</summary>
    protected abstract ValueTask<bool> ReadAsync();

    /// <summary>Releases the source.</summary>
    protected abstract ValueTask CloseAsync();

    /// <summary>Sets the frame, in its canonical form.</summary>
    protected void SetFrame(AnswerFrame frame) => (Raw, _frame, Usage) = (default, frame, frame.Whole?.Usage ?? frame.Streamed.Completed);

    /// <summary>Sets the frame to the bytes as received.</summary>
    /// <param name="raw">The bytes.</param>
    /// <param name="usage">The usage of a whole answer.</param>
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

/// <summary>Watches the frames of an answer. Disposed when the reader stops reading the answer.</summary>
internal interface IAnswerObserver : IDisposable
{
    /// <summary>The reader waits for the next frame.</summary>
    void OnReading();

    /// <summary>The reader is about to get a frame.</summary>
    void OnFrame(Answer answer);
}
