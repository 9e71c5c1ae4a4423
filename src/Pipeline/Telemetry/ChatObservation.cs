using Prism.Grains.Interfaces.Chat;
using Prometheus;

namespace Prism.Pipeline.Telemetry;

/// <summary>
/// Records one call for <see cref="ChatTelemetry"/>, from its beginning to its one outcome. If it is disposed without one, the caller has
/// disconnected or an exception was thrown.
/// </summary>
internal sealed class ChatObservation(
    ChatTelemetry telemetry, AnswerInfo route, Gauge.Child inflight, long begun, CancellationToken caller) : IDisposable
{
    private TimeSpan? _firstToken;
    private string? _failure;
    private bool _settled;
    // The requested provider, until the answering one is known.
    private AnswerInfo _route = route;

    /// <summary>Whether the client has a frame of the answer: if the answer is disposed now, the client has disconnected.</summary>
    public bool IsWithCaller { private get; set; }

    /// <summary>A streamed answer has begun.</summary>
    /// <param name="answers">The provider that answers.</param>
    public void OnStarted(AnswerInfo answers)
    {
        _route = answers;
        _firstToken = telemetry.ElapsedSince(begun);
    }

    /// <summary>The call has its outcome.</summary>
    /// <param name="answered">The provider that answered or failed.</param>
    /// <param name="error">The reason that there is no answer; null if there is one.</param>
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
