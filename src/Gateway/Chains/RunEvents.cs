using Microsoft.AspNetCore.Http;
using Prism.Formats.Prism.Chains;
using Prism.Gateway.Overload;
using Prism.Gateway.Sse;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.Chains;

/// <summary>
/// Writes a run's events as server-sent events. Stored events have an <c>id</c>. A client that sends it back as <c>Last-Event-ID</c>, to any silo,
/// continues behind it.
/// </summary>
internal sealed class RunEvents(ChainClient chains, SseStreams streams, IDrain drain)
{
    /// <summary>Writes the events until the run's last one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="run">The run as it was read.</param>
    /// <param name="after">The last event that the client has; 0 for none.</param>
    /// <param name="deltas">Whether to send pieces of answers.</param>
    public async Task WriteAsync(HttpContext context, ChainRun run, long after, bool deltas)
    {
        await using var output = streams.Open(context);
        if (!run.IsFinished)
        {
            // Before the first event, which may take a while: the client knows that it is connected.
            await output.WritePingAsync();
            await output.FlushAsync();
            // Watching a run is no work for this silo.
            context.ExchangePermit();
        }

        // A silo that stops ends the stream without a last event, so the client reconnects to another silo.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Draining);
        try
        {
            await foreach (var one in chains.WatchAsync(run.Id, after, deltas, stop.Token))
            {
                await output.WriteAsync(one.Type, one.Id, one, ChainJson.Lenient.ChainEvent);
                await output.FlushAsync();
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        if (await output.TryAbandonAsync())
        {
            // No more events. With this status, an EventSource does not reconnect.
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }
}
