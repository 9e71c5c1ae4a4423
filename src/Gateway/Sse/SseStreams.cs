using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prism.Gateway.Overload;
using Prism.Pipeline;

namespace Prism.Gateway.Sse;

/// <summary>Opens streams, and lets their clients go where these take nothing any more.</summary>
internal sealed partial class SseStreams(
    ISnapshotSource snapshots, OverloadTelemetry telemetry, TimeProvider time, ILogger<SseStreams> logger)
{
    /// <summary>Makes the response to a request a stream.</summary>
    public SseStream Open(HttpContext context) => new(context, this, time);

    /// <summary>Waits until a client has taken enough of what is ready for it.</summary>
    /// <exception cref="OperationCanceledException">It has left, or has been let go.</exception>
    public async ValueTask WaitForClientAsync(HttpContext context, Task sent)
    {
        context.ExchangePermit();
        await using var patience = time.CreateTimer(_ => LetGo(context), null, snapshots.Current.Overload.StreamWriteTimeout, Timeout.InfiniteTimeSpan);
        await sent;
    }

    // As if the client had left: that ends the call upstream, and settles what it has taken.
    private void LetGo(HttpContext context)
    {
        telemetry.OnStalled();
        LogLetGo();
        context.Abort();
    }

    [LoggerMessage(LogLevel.Information, "A client that takes nothing of its stream is let go")]
    private partial void LogLetGo();
}
