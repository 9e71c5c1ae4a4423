using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Prism.Gateway.Errors;
using Prism.Gateway.Json;
using Prism.Gateway.Logging;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Pipeline;

namespace Prism.Gateway.Overload;

/// <summary>
/// Receives the whole body of a request before the request takes a place among those that are processed, so a client that sends slowly does not block
/// others. The body is complete before it is parsed: parsing parts would repeat work for each part.
/// </summary>
internal sealed class BodyMiddleware(
    RequestDelegate next, MemoryBudget memory, ISnapshotSource snapshots, OverloadTelemetry telemetry, TimeProvider time)
{
    private static readonly ApiError TooSlow = new("The body arrived too slowly.", ApiError.InvalidRequest, null, "request_timeout");

    public Task InvokeAsync(HttpContext context) => HasBody(context) ? ReceiveAsync(context) : next(context);

    // A request that its headers rule out is rejected without its body.
    private static bool HasBody(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<TakesAttribute>() is not null
        && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false
        && JsonBody.FindUnreadable(context.Request) is null;

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new ReceivedBody(memory);
        switch (await ReadAsync(context, body))
        {
            case Reception.Whole:
                context.Features.Set(body);
                await next(context);
                break;
            case Reception.TooSlow:
                // The server would take the rest of the body for the next request.
                context.Response.Headers.Connection = "close";
                await context.WriteErrorAsync(StatusCodes.Status408RequestTimeout, TooSlow);
                break;
            default:
                telemetry.OnMemoryFull();
                context.GetLog().Error = ChatError.MemoryFull.Kind.ToWord();
                await context.WriteErrorAsync(ChatError.MemoryFull);
                break;
        }
    }

    private async ValueTask<Reception> ReadAsync(HttpContext context, ReceivedBody body)
    {
        var reader = context.Request.BodyReader;
        CancellationTokenSource? patience = null;
        CancellationTokenSource? either = null;
        try
        {
            while (true)
            {
                if (!reader.TryRead(out var read))
                {
                    patience ??= new(snapshots.Current.Overload.BodyTimeout, time);
                    either ??= CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
                    read = await reader.ReadAsync(either.Token);
                }

                var hasRoom = read.Buffer.IsEmpty || body.TryAppend(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                if (!hasRoom || read.IsCompleted)
                {
                    return hasRoom ? Reception.Whole : Reception.NoMemory;
                }
            }
        }
        catch (OperationCanceledException) when (patience is { IsCancellationRequested: true } && !context.RequestAborted.IsCancellationRequested)
        {
            return Reception.TooSlow;
        }
        catch (IOException exception) when (exception.InnerException is OverflowException)
        {
            // The server's own exception for a chunk without a valid size.
            throw new BadHttpRequestException("The size of a chunk is out of range.", StatusCodes.Status400BadRequest, exception);
        }
        finally
        {
            either?.Dispose();
            patience?.Dispose();
        }
    }

    private enum Reception
    {
        Whole,
        NoMemory,
        TooSlow,
    }
}
