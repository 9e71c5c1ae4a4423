using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Telemetry;

namespace Prism.Pipeline.Settlement;

/// <summary>
/// Ends one request, exactly once: settles its owner's reservation and counts its outcome before the client sees the end of the answer.
/// <see cref="CallSettlement"/> settles the upstream calls that serve it: they may serve other requests too.
/// </summary>
internal sealed class RequestSettlement(ChatObservation observation) : IAnswerObserver
{
    private KeyReservation? _reservation;
    private IDisposable? _spending;
    private bool _isSettled;
    private bool _isDisposed;

    /// <summary>The owner is admitted.</summary>
    /// <param name="reservation">The owner's reservation; null if the owner has no limits.</param>
    public void Admit(KeyReservation? reservation) => (_reservation, _spending) = (reservation, reservation?.Open());

    /// <summary>The owner is not admitted.</summary>
    public Answer Deny(ChatError denied, AnswerInfo route)
    {
        var info = route with { Attempts = 0, Limits = denied.Limits };
        observation.OnEnded(info, denied);
        Dispose();
        return Answer.Failed(denied, info);
    }

    /// <summary>The answer is open. A whole one is settled here: its head reports the limits after the request.</summary>
    /// <returns>The answer as the client gets it.</returns>
    public async ValueTask<Answer> OpenAsync(Answer answer)
    {
        if (answer.Error is { } error)
        {
            Settle(answer.Info, error);
            var failed = Answer.Failed(WithLimits(error), WithLimits(answer.Info!));
            answer.Observer = this;
            await answer.DisposeAsync();
            return failed;
        }

        if (answer.IsStreamed)
        {
            observation.OnStarted(answer.Info!);
        }
        else
        {
            Settle(answer.Info, error: null);
        }

        (answer.Info, answer.Observer) = (WithLimits(answer.Info!), this);
        observation.IsWithCaller = true;
        return answer;
    }

    public void OnReading() => observation.IsWithCaller = false;

    public void OnFrame(Answer answer)
    {
        if (!_isSettled && answer.IsAtEnd)
        {
            var failed = answer.Frame.Streamed.Failed;
            Settle(answer.Info, failed);
            if (failed is not null && _reservation is not null)
            {
                answer.Replace((ChatStreamEvent)WithLimits(failed));
            }
        }

        observation.IsWithCaller = true;
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _spending?.Dispose();
            observation.Dispose();
        }
    }

    // Before the client sees the end: its next request finds the permit free, and an error reports the limits after the request.
    private void Settle(AnswerInfo? info, ChatError? error)
    {
        _isSettled = true;
        observation.OnEnded(info, error);
        _reservation?.OnEnded(error);
        _spending?.Dispose();
    }

    private AnswerInfo WithLimits(AnswerInfo info) => _reservation?.WithLimits(info) ?? info;

    private ChatError WithLimits(ChatError error) => _reservation?.WithLimits(error) ?? error;
}
