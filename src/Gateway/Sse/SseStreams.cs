using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prism.Gateway.Overload;
using Prism.Pipeline;

namespace Prism.Gateway.Sse;

/// <summary>Opens streams, and disconnects clients that stop reading.</summary>
internal sealed partial class SseStreams(
    ISnapshotSource snapshots, OverloadTelemetry telemetry, TimeProvider time, ILogger<SseStreams> logger)
{
    /// <summary>Makes the response to a request a stream.</summary>
    public SseStream Open(HttpContext context) => new(context, this, time);

    /// <summary>Waits until a slow client has read enough of the sent bytes.</summary>
    /// <exception cref="OperationCanceledException">The client disconnected, or Prism disconnected it.</exception>
    public async ValueTask WaitForClientAsync(HttpContext context, Task sent)
    {
        context.ExchangePermit();
        await using var patience = time.CreateTimer(_ => LetGo(context), null, snapshots.Current.Overload.StreamWriteTimeout, Timeout.InfiniteTimeSpan);
        await sent;
    }

    // Like a disconnect of the client: that cancels the upstream call, and settles its usage.
    private void LetGo(HttpContext context)
    {
        telemetry.OnStalled();
        LogLetGo();
        context.Abort();
    }

    [LoggerMessage(LogLevel.Information, "A client that does not read its stream is disconnected")]
    private partial void LogLetGo();
}
