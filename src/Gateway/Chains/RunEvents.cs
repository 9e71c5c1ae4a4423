using Microsoft.AspNetCore.Http;
using Prism.Formats.Prism.Chains;
using Prism.Gateway.Overload;
using Prism.Gateway.Sse;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.Chains;

/// <summary>
/// Writes a run's events as server-sent events. What is stored of them has an <c>id</c>; whoever comes back with it as <c>Last-Event-ID</c>, to
/// whichever silo, reads on behind it.
/// </summary>
internal sealed class RunEvents(ChainClient chains, SseStreams streams, IDrain drain)
{
    /// <summary>Writes the events until the run's last one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="run">The run as it was found.</param>
    /// <param name="after">The last event that the client has; 0 for none.</param>
    /// <param name="deltas">Whether pieces of answers are wanted.</param>
    public async Task WriteAsync(HttpContext context, ChainRun run, long after, bool deltas)
    {
        await using var output = streams.Open(context);
        if (!run.IsFinished)
        {
            // Before the first event, for which there may be a while to wait: the client knows that it is connected.
            await output.WritePingAsync();
            await output.FlushAsync();
            // To watch is no work.
            context.ExchangePermit();
        }

        // A silo that stops ends the stream without a last event: the client comes back to another one.
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
            // Nothing comes any more. By this status an EventSource knows that it need not come back.
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }
}
