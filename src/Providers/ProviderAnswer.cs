using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers;

/// <summary>
/// A provider's answer: whole, which is one step, or streamed. It is positioned before its first step. A step is valid until the next one. A step is
/// the bytes as received if they can go to a client of OpenAI's format, otherwise its canonical form.
/// </summary>
public abstract class ProviderAnswer : IAsyncDisposable
{
    /// <summary>The result of the skim of a raw chunk.</summary>
    private protected ChunkSkim SkimmedChunk;

    /// <summary>The reason that there is no answer. Then there are no steps either.</summary>
    public ChatError? Error { get; protected set; }

    /// <summary>Whether the answer is whole; otherwise it is streamed.</summary>
    public bool IsWhole { get; protected set; }

    /// <summary>The step as received, in OpenAI's format; empty if it is canonical.</summary>
    public ReadOnlyMemory<byte> Raw { get; protected set; }

    /// <summary>The result of the skim of a raw whole answer.</summary>
    public AnswerSkim Skim { get; protected set; }

    /// <summary>The result of the skim of a raw chunk.</summary>
    public ref readonly ChunkSkim ChunkSkim => ref SkimmedChunk;

    /// <summary>A whole answer.</summary>
    public ChatResponse? Whole { get; protected set; }

    /// <summary>A chunk. The usage is on one of them, if the provider reports it.</summary>
    public ChatChunk? Chunk { get; protected set; }

    /// <summary>The reason that the answer ends here, incomplete.</summary>
    public ChatError? Failed { get; protected set; }

    /// <summary>An answer that could not be opened.</summary>
    public static ProviderAnswer Of(ChatError error) => new Settled(error, null);

    /// <summary>A whole answer in its canonical form.</summary>
    public static ProviderAnswer Of(ChatResponse whole) => new Settled(null, whole);

    /// <summary>The events of a stream in their canonical form, from the first one on.</summary>
    /// <returns>The answer, once the first event has arrived.</returns>
    public static ValueTask<ProviderAnswer> OfAsync(IAsyncEnumerable<ChatStreamEvent> events, CancellationToken cancellationToken) =>
        CanonicalStream.OpenAsync(events, cancellationToken);

    /// <summary>Advances to the next step.</summary>
    /// <returns>False if there is none.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public abstract ValueTask<bool> NextAsync();

    /// <summary>Stops reading: an answer that is still being generated is cancelled.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>The canonical form of a chunk.</summary>
    public ChatChunk ToChunk() => Chunk ?? JsonSerializer.Deserialize(Raw.Span, ChatJson.Lenient.ChatChunk)!;

    /// <summary>The canonical form of a whole answer.</summary>
    public ChatResponse ToWhole() => Whole ?? JsonSerializer.Deserialize(Raw.Span, ChatJson.Lenient.ChatResponse)!;

    private sealed class Settled : ProviderAnswer
    {
        private bool _isRead;

        public Settled(ChatError? error, ChatResponse? whole) => (Error, Whole, IsWhole) = (error, whole, true);

        public override ValueTask<bool> NextAsync() => new(Whole is not null && !_isRead && (_isRead = true));

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class CanonicalStream : ProviderAnswer
    {
        private readonly IAsyncEnumerator<ChatStreamEvent> _events;
        private bool _isAtFirst = true;

        private CanonicalStream(IAsyncEnumerator<ChatStreamEvent> events) => _events = events;

        public static async ValueTask<ProviderAnswer> OpenAsync(IAsyncEnumerable<ChatStreamEvent> events, CancellationToken cancellationToken)
        {
            var stream = new CanonicalStream(events.GetAsyncEnumerator(cancellationToken));
            try
            {
                if (!await stream._events.MoveNextAsync())
                {
                    stream._isAtFirst = false;
                }
                else if (stream._events.Current.Failed is { } error)
                {
                    stream.Error = error;
                }

                return stream;
            }
            catch
            {
                await stream.DisposeAsync();
                throw;
            }
        }

        public override async ValueTask<bool> NextAsync()
        {
            if (!_isAtFirst && !await _events.MoveNextAsync())
            {
                return false;
            }

            _isAtFirst = false;
            (Chunk, Failed) = (_events.Current.Chunk, _events.Current.Failed);
            return true;
        }

        public override ValueTask DisposeAsync() => _events.DisposeAsync();
    }
}
