using System.Text.Json;
using System.Text.Unicode;
using Prism.Formats;
using Prism.Formats.Framing;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers.Upstream;

namespace Prism.Providers;

/// <summary>
/// Turns the bytes of a stream into the steps of its answer: an event is one step of its bytes if a client can get them, otherwise steps in canonical
/// form.
/// </summary>
internal sealed class StreamSteps(HttpChatProvider provider, CallRequest request, UpstreamExchange exchange) : IDisposable
{
    private readonly EventReader _events = new(provider.Answers.Framing);
    private readonly IStreamDecoder _decoder = provider.Answers.CreateDecoder(provider.Now);
    private ChunkSkimmer? _skimmer;
    private AnswerDefaults? _defaults;
    private List<ChatStreamEvent>? _decoded;
    private PendingSteps? _pending;

    /// <summary>Whether the closing event has been read.</summary>
    public bool IsComplete => _decoder.IsComplete;

    /// <summary>Whether the stream may end here without a closing event.</summary>
    public bool MayEnd => _decoder.MayEnd;

    /// <summary>The step as received; empty if it is canonical. Valid until more bytes are read.</summary>
    public ReadOnlyMemory<byte> Raw { get; private set; }

    /// <summary>The step in its canonical form; null if it is raw, or a failure.</summary>
    public ChatChunk? Chunk { get; private set; }

    /// <summary>The failure that the provider reports in this step; null for none.</summary>
    public ChatError? Failed { get; private set; }

    private PendingSteps Pending => _pending ??= new();

    /// <summary>The space for the next bytes.</summary>
    public Memory<byte> GetSpace() => _events.GetSpace();

    /// <summary>Adds the bytes that have been read into the space.</summary>
    public void Advance(int count) => _events.Advance(count);

    /// <summary>Takes the next step from the bytes that have been read.</summary>
    /// <param name="skim">Receives the skim of a raw step.</param>
    /// <returns>False if there is none yet.</returns>
    public bool TryTake(ref ChunkSkim skim)
    {
        while (true)
        {
            if (_pending is not null && _pending.TryTake(out var step))
            {
                Set(step, ref skim);
                return true;
            }

            if (_decoder.IsComplete || !_events.TryRead())
            {
                return false;
            }

            if (TryPass(ref skim))
            {
                return true;
            }
        }
    }

    /// <summary>Takes the last step of a stream whose connection is closed: its event may lack an end.</summary>
    /// <returns>False if the rest is no event, but half a line: then the stream ends before it.</returns>
    public bool TryTakeRest(ref ChunkSkim skim)
    {
        try
        {
            return _events.TryReadRest() && (TryPass(ref skim) || TryTake(ref skim));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public void Dispose() => _events.Dispose();

    /// <summary>Reads an event.</summary>
    /// <returns>Whether its bytes are the step. Otherwise its steps are queued.</returns>
    private bool TryPass(ref ChunkSkim skim)
    {
        var data = _events.Data;
        if (provider.PassesBytes
            && data.Span is [(byte)'{', ..]
            // An event of several data lines has line feeds, which would split the client's event.
            && !data.Span.Contains((byte)'\n')
            && Utf8.IsValid(data.Span)
            && (_skimmer ??= new()).TryRead(data.Span, out skim)
            && _decoder.TryPass(skim))
        {
            exchange.OnEvent(skim.HasOutput);
            if (exchange.FirstTokenSeen && _pending is not { IsEmpty: false })
            {
                (Raw, Chunk, Failed) = (data, null, null);
                return true;
            }

            Pending.Add(PendingStep.Of(data.ToArray(), skim), exchange.FirstTokenSeen);
            return false;
        }

        exchange.Weigh(data.Span);
        (_decoded ??= []).Clear();
        _decoder.Decode(_events.Type, data.Span, _decoded);
        AddDecoded(_decoded);
        return false;
    }

    private void AddDecoded(List<ChatStreamEvent> decoded)
    {
        exchange.OnEvent(hasOutput: decoded.Exists(streamEvent => streamEvent.Chunk is { } chunk && Output.IsIn(chunk)));
        foreach (var streamEvent in decoded)
        {
            var piece = (_defaults ??= new(request)).Apply(streamEvent);
            if (piece.Failed is not null)
            {
                Pending.AddFailure(PendingStep.Of(piece), exchange.FirstTokenSeen);
                return;
            }

            // An empty chunk is not yet an answer.
            if (piece.Chunk is not { Choices.IsEmpty: true, Usage: null, Extra: null })
            {
                Pending.Add(PendingStep.Of(piece), exchange.FirstTokenSeen);
            }
        }
    }

    private void Set(in PendingStep step, ref ChunkSkim skim)
    {
        (Raw, Chunk, Failed) = (step.Raw, step.Event.Chunk, step.Event.Failed);
        if (step.Raw is not null)
        {
            skim = step.Skim;
        }
    }
}
