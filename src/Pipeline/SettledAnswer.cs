using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Telemetry;

namespace Prism.Pipeline;

/// <summary>
/// The answer as the client gets it: what its owner has reserved is settled, and its outcome is counted, before the client knows that it is over. For a
/// frame that is one synchronous look.
/// </summary>
internal sealed class SettledAnswer(ChatObservation observation) : Answer
{
    private Answer? _source;
    private KeyReservation? _reservation;
    private IDisposable? _spending;
    private bool _hasEnded;
    private bool _isHandedOut;
    private bool _disposed;

    /// <summary>The owner is admitted.</summary>
    /// <param name="reservation">What it has reserved; null where it has no limits.</param>
    public void Admit(KeyReservation? reservation) => (_reservation, _spending) = (reservation, reservation?.Open());

    /// <summary>The owner is not admitted.</summary>
    public async ValueTask<Answer> DenyAsync(ChatError denied, AnswerInfo route)
    {
        var info = route with { Attempts = 0, Limits = denied.Limits };
        observation.OnEnded(info, denied);
        await DisposeAsync();
        return Failed(denied, info);
    }

    /// <summary>The answer is open. A whole one is settled here: its head says how the limits stand after it.</summary>
    public async ValueTask<Answer> OpenAsync(Answer source)
    {
        _source = source;
        if (source.Error is { } error)
        {
            End(error);
            var failed = Failed(WithLimits(error), WithLimits(source.Info!));
            await DisposeAsync();
            return failed;
        }

        IsStreamed = source.IsStreamed;
        if (IsStreamed)
        {
            observation.OnStarted(source.Info!);
        }
        else
        {
            await NextAsync();
        }

        Info = WithLimits(source.Info!);
        observation.IsWithCaller = true;
        return this;
    }

    public override ValueTask<bool> NextAsync()
    {
        if (_hasEnded)
        {
            // The frame of a whole answer was read when it was opened.
            (var isNew, _isHandedOut) = (!_isHandedOut, true);
            return new(isNew && !IsStreamed);
        }

        observation.IsWithCaller = false;
        var next = _source!.NextAsync();
        return next.IsCompletedSuccessfully ? new(Observe(next.Result)) : ObserveAsync(next);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            if (_source is not null)
            {
                await _source.DisposeAsync();
            }
        }
        finally
        {
            _spending?.Dispose();
            observation.Dispose();
        }
    }

    private async ValueTask<bool> ObserveAsync(ValueTask<bool> next) => Observe(await next);

    private bool Observe(bool hasNext)
    {
        if (!hasNext)
        {
            return false;
        }

        Frame = _source!.Frame;
        if (Frame.IsLast)
        {
            End(Frame.Streamed.Failed);
            Frame = Frame.Streamed.Failed is { } failed ? (ChatStreamEvent)WithLimits(failed) : Frame;
        }

        observation.IsWithCaller = true;
        return true;
    }

    // Before the client knows: its next request finds the permit free, and an error says how the limits stand after it.
    private void End(ChatError? error)
    {
        _hasEnded = true;
        observation.OnEnded(_source!.Info, error);
        _reservation?.OnEnded(error);
        _spending?.Dispose();
    }

    private AnswerInfo WithLimits(AnswerInfo info) => _reservation?.WithLimits(info) ?? info;

    private ChatError WithLimits(ChatError error) => _reservation?.WithLimits(error) ?? error;
}
