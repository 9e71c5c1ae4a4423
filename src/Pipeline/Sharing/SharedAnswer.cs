using Prism.Grains.Background;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Grains.Interfaces.SharedCalls;
using Prism.Grains.SharedCalls;

namespace Prism.Pipeline.Sharing;

/// <summary>The answer of a shared call, for one of its readers.</summary>
/// <param name="reader">The reader's place in it; disposed with the answer.</param>
/// <param name="asked">The provider and model that the reader requested.</param>
/// <param name="patience">The longest wait for the first frame; null: as long as the call takes.</param>
/// <param name="client">Fires when the client disconnects.</param>
internal sealed class SharedAnswer(SharedCallReader reader, AnswerInfo asked, WaitDeadline? patience, CancellationToken client) : Answer
{
    /// <summary>The code of an answer that was cut off because its client read too slowly for the other readers.</summary>
    public const string ReaderTooSlow = "reader_too_slow";

    private ReadOnlyMemory<AnswerFrame> _events;
    private IEnumerator<AnswerFrame>? _replay;
    private bool _hasEnded;

    /// <summary>Opens it as a stream: waits for the first frame.</summary>
    /// <returns>This answer, or a failed one; null if the call is lost, or its answer is not for this reader.</returns>
    public async ValueTask<Answer?> BeginAsync()
    {
        (IsStreamed, Info) = (true, asked);
        while (await WaitForFirstAsync())
        {
            _events = reader.Read();
            if (IsOfNoUse())
            {
                return null;
            }

            if (_events is { IsEmpty: false, Span: [{ Streamed.Started: { } info }, ..] })
            {
                // Not set before the first frame: a call that is lost earlier is replaced.
                (Info, _events) = (info, _events[1..]);
            }

            if (!_events.IsEmpty)
            {
                return _events.Span[0].Streamed.Failed is { } error ? Failed(error, error.Route ?? Info) : this;
            }
        }

        return null;
    }

    /// <summary>Opens it as a whole answer, which is complete before any of it goes to the client: so a lost call can always be replaced.</summary>
    /// <returns>The answer, or a failed one; null if the call is lost, or its answer is not for this reader.</returns>
    public async ValueTask<Answer?> ReadWholeAsync(MemoryBudget memory, int maxBytes)
    {
        var (info, assembly, size) = (asked, new AnswerAssembly(), 0L);
        using var share = memory.Open();
        while (await WaitForFirstAsync())
        {
            _events = reader.Read();
            if (IsOfNoUse())
            {
                return null;
            }

            for (var i = 0; i < _events.Length; i++)
            {
                var frame = _events.Span[i];
                info = frame.Streamed.Started ?? info;
                switch (frame)
                {
                    case { Whole: { } whole }:
                        return new ReplayedAnswer(whole, stream: false, info);
                    case { Streamed.Chunk: { } chunk }:
                        assembly.Add(chunk);
                        // The chunks are assembled: the overhead of each is not kept.
                        if (!share.TryHold(size += FrameSize.Of(chunk) / 2) || size > maxBytes * 2L)
                        {
                            return Failed(ChatError.MemoryFull with { Provider = info.Provider }, info);
                        }

                        break;
                    case { Streamed.Completed: { } usage }:
                        return new ReplayedAnswer(assembly.ToResponse(usage), stream: false, info);
                    case { Streamed.Failed: { } error }:
                        return Failed(error, error.Route ?? info);
                }
            }
        }

        return null;
    }

    protected override ValueTask<bool> ReadAsync() => TryTake() ? new(Observed(true)) : _hasEnded ? new(false) : ReadOnAsync();

    protected override ValueTask CloseAsync()
    {
        _replay?.Dispose();
        reader.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<bool> ReadOnAsync()
    {
        while (await reader.WaitAsync(client))
        {
            _events = reader.Read();
            if (TryTake())
            {
                return Observed(true);
            }
        }

        _hasEnded = true;
        SetFrame((ChatStreamEvent)(reader.WasOvertaken ? TooSlow() : BrokenOff()));
        return Observed(true);
    }

    private bool TryTake()
    {
        if (_replay is not null)
        {
            var hasNext = _replay.MoveNext();
            SetFrame(_replay.Current);
            return hasNext;
        }

        if (_events.IsEmpty)
        {
            return false;
        }

        var frame = _events.Span[0];
        _events = _events[1..];
        _hasEnded = frame.IsLast;
        if (frame.Whole is { } whole)
        {
            _replay = ReplayedAnswer.ToFrames(whole).GetEnumerator();
            return TryTake();
        }

        SetFrame(frame);
        return true;
    }

    private async ValueTask<bool> WaitForFirstAsync()
    {
        var more = reader.WaitAsync(client);
        if (patience is not { } deadline || reader.HasBegun || more.IsCompleted)
        {
            return await more;
        }

        try
        {
            return await deadline.BoundAsync(more.AsTask(), client);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Readers that waited for it share a failure, or the answer of a fallback. A later one makes its own call.
    private bool IsOfNoUse() =>
        reader.FoundWhole
        && (_events is { IsEmpty: false, Span: [.., { Streamed.Failed: not null }] }
            || (_events is { IsEmpty: false, Span: [{ Streamed.Started: { } info }, ..] } && (info.Provider, info.Model) != (asked.Provider, asked.Model)));

    private ChatError TooSlow() => new()
    {
        Kind = ChatErrorKind.UpstreamBrokenOff,
        Code = ReaderTooSlow,
        Message = "The answer is long, several requests share it, and this client reads it too slowly to keep up with the others.",
        Provider = Info!.Provider,
    };

    private ChatError BrokenOff() => new()
    {
        Kind = ChatErrorKind.UpstreamBrokenOff,
        Code = ChatError.SiloLost,
        Message = "The answer broke off: the silo that generated it for several requests has left the cluster.",
        Provider = Info!.Provider,
    };
}
