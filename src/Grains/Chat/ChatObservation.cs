using Prometheus;

namespace Prism.Chat;

/// <summary>
/// One call as <see cref="ChatTelemetry"/> sees it, from its beginning to its one outcome. Disposed without one, the caller has left or
/// something has thrown.
/// </summary>
internal sealed class ChatObservation(
    ChatTelemetry telemetry, ChatRoute route, Gauge.Child inflight, long started, CancellationToken caller) : IDisposable
{
    private TimeSpan? _firstToken;
    private bool _settled;

    /// <summary>A piece of the answer is with the caller: an enumeration that ends now was left by it, for an iterator cannot throw there.</summary>
    public bool IsWithCaller { private get; set; }

    public void OnFirstToken() => _firstToken = telemetry.ElapsedSince(started);

    public void OnCompleted(ChatUsage usage)
    {
        _settled = true;
        // First, so that the model has its own label from its first answer on.
        telemetry.OnSucceeded(route);
        telemetry.SeriesOf(route).OnCompleted(usage);
    }

    public void OnFailed(ChatError error)
    {
        _settled = true;
        telemetry.OnFailed(route, error);
    }

    public void Dispose()
    {
        inflight.Dec();
        var series = telemetry.SeriesOf(route);
        if (!_settled)
        {
            series.CountRequest(IsWithCaller || caller.IsCancellationRequested ? ChatTelemetry.Cancelled : ChatTelemetry.InternalError);
        }

        if (_firstToken is { } firstToken)
        {
            series.OnFirstToken(firstToken);
        }

        series.OnEnded(telemetry.ElapsedSince(started));
    }
}
