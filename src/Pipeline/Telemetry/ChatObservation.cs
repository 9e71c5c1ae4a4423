using Prism.Grains.Interfaces.Chat;
using Prometheus;

namespace Prism.Pipeline.Telemetry;

/// <summary>
/// One call as <see cref="ChatTelemetry"/> sees it, from its beginning to its one outcome. Disposed without one, the caller has left or
/// something has thrown.
/// </summary>
internal sealed class ChatObservation(
    ChatTelemetry telemetry, AnswerInfo route, Gauge.Child inflight, long begun, CancellationToken caller) : IDisposable
{
    private TimeSpan? _firstToken;
    private string? _failure;
    private bool _settled;
    // Who was asked, until it is known who answers.
    private AnswerInfo _route = route;

    /// <summary>Whether a frame of the answer is with the client: an answer that is disposed now was left by it.</summary>
    public bool IsWithCaller { private get; set; }

    /// <summary>A streamed answer has begun.</summary>
    /// <param name="answers">Which provider answers.</param>
    public void OnStarted(AnswerInfo answers)
    {
        _route = answers;
        _firstToken = telemetry.ElapsedSince(begun);
    }

    /// <summary>The call has its outcome.</summary>
    /// <param name="answered">Who answered, or failed to.</param>
    /// <param name="error">Why there is no answer; null where there is one.</param>
    public void OnEnded(AnswerInfo? answered, ChatError? error)
    {
        _settled = true;
        _route = answered ?? _route;
        _failure = error is null ? null : ChatTelemetry.StatusOf(error);
        telemetry.SeriesOf(_route).CountRequest(_failure);
    }

    public void Dispose()
    {
        inflight.Dec();
        var series = telemetry.SeriesOf(_route);
        if (!_settled)
        {
            _failure = IsWithCaller || caller.IsCancellationRequested ? ChatTelemetry.Cancelled : ChatTelemetry.InternalError;
            series.CountRequest(_failure);
        }

        if (_firstToken is { } firstToken)
        {
            series.OnFirstToken(firstToken);
        }

        series.OnEnded(telemetry.ElapsedSince(begun), _failure);
    }
}
