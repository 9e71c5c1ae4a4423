using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Prism.Gateway.Auth;
using Prism.Gateway.Cache;
using Prism.Gateway.Errors;
using Prism.Gateway.Failover;
using Prism.Gateway.Json;
using Prism.Gateway.Limits;
using Prism.Gateway.Sse;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;
using Serilog;

namespace Prism.Gateway.Chat;

/// <summary>The two chat endpoints: one call, said in Prism's own wire format or in OpenAI's.</summary>
internal sealed class ChatEndpoint(IChatService chat, SseStreams streams, IDrain drain, TimeProvider time, IDiagnosticContext log)
{
    /// <summary><c>POST /v1/chat</c></summary>
    public static Task Native(HttpContext context, ChatEndpoint endpoint) => endpoint.HandleAsync(context, NativeFormat.Instance);

    /// <summary><c>POST /v1/chat/completions</c></summary>
    public static Task OpenAi(HttpContext context, ChatEndpoint endpoint) => endpoint.HandleAsync(context, OpenAiFormat.Instance);

    private async Task HandleAsync(HttpContext context, IChatFormat format)
    {
        if (await context.ReadJsonBodyAsync(ChatJson.Strict.ChatRequest) is not { } request)
        {
            return;
        }

        var provider = context.Request.Query["provider"];
        var (cache, unreadable) = context.Request.ReadCachePolicy();
        request = request with { Provider = provider is [{ Length: > 0 } name] ? name : null, Cache = cache, Owner = context.GetOwner(), RequestId = context.TraceIdentifier };
        if ((CheckProvider(provider) ?? unreadable ?? format.Check(request)) is { } refused)
        {
            await FailAsync(context, refused);
        }
        else
        {
            // The client, or this process, may have no more time for it.
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Over);
            await (request.Stream == true
                ? StreamAsync(context, format, request, end.Token)
                : CompleteAsync(context, format, request, end.Token));
        }
    }

    private async Task CompleteAsync(HttpContext context, IChatFormat format, ChatRequest request, CancellationToken end)
    {
        ChatOutcome outcome;
        try
        {
            outcome = await chat.CompleteAsync(request, end);
        }
        catch (OperationCanceledException) when (IsCutShort(context))
        {
            outcome = new() { Error = ChatError.CutShort };
        }

        OnRouted(context.Response, outcome.Route);
        if (outcome.Error is { } error)
        {
            await FailAsync(context, error);
            return;
        }

        LogUsage(outcome.Route, outcome.Response!.Usage);
        await format.WriteResponseAsync(context.Response, outcome.Response);
    }

    private async Task StreamAsync(HttpContext context, IChatFormat format, ChatRequest request, CancellationToken end)
    {
        await using var output = streams.Open(context);
        try
        {
            await RelayAsync(context, output, format.CreateStream(output, request), chat.StreamAsync(request, end));
        }
        catch (OperationCanceledException) when (IsCutShort(context))
        {
            await EndAsync(context, output, ChatError.CutShort);
        }
    }

    private async Task RelayAsync(HttpContext context, SseStream output, IChatStreamFormat stream, IAsyncEnumerable<ChatStreamEvent> events)
    {
        var (ended, started, begun) = (false, default(ChatRoute), time.GetTimestamp());
        await using var enumerator = events.GetAsyncEnumerator();
        while (await MoveNextAsync(enumerator, output))
        {
            var streamEvent = enumerator.Current;
            ended = streamEvent is { Completed: not null } or { Failed: not null };
            switch (streamEvent)
            {
                case { Chunk: { } chunk }:
                    await stream.WriteAsync(chunk);
                    break;
                case { Started: { } route }:
                    LogRoute(started = route);
                    log.Set("FirstTokenMs", time.GetElapsedTime(begun).TotalMilliseconds);
                    await output.BeforeStartAsync(SetRoute, route);
                    break;
                case { Completed: { } usage }:
                    LogUsage(started, usage);
                    await stream.CompleteAsync(usage);
                    await output.WriteDoneAsync();
                    break;
                case { Failed: { } error }:
                    await EndAsync(context, output, error);
                    break;
            }
        }

        if (!ended)
        {
            throw new InvalidOperationException("The answer stopped without an end.");
        }
    }

    // What is there goes out before anything is waited for, and with one write.
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ChatStreamEvent> events, SseStream output)
    {
        var next = events.MoveNextAsync();
        if (next.IsCompletedSuccessfully)
        {
            return await next;
        }

        var sent = output.FlushAsync();
        if (sent.IsCompletedSuccessfully)
        {
            return await next;
        }

        // An enumerator that still moves must not be disposed, whatever comes of the sending.
        var moved = next.AsTask();
        await Task.WhenAll(sent.AsTask(), moved);
        return await moved;
    }

    private void OnRouted(HttpResponse response, ChatRoute? route)
    {
        if (route is not null)
        {
            LogRoute(route);
            SetRoute(response, route);
        }
    }

    private async Task EndAsync(HttpContext context, SseStream output, ChatError error)
    {
        if (await output.TryAbandonAsync())
        {
            OnRouted(context.Response, error.Route);
            await FailAsync(context, error);
            return;
        }

        LogError(error);
        // The end, without [DONE]: a client must not take this for a whole answer.
        await output.WriteAsync(ChatErrorMapping.BodyOf(error), GatewayJson.Api.ApiErrorBody);
    }

    private bool IsCutShort(HttpContext context) => drain.Over.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested;

    private Task FailAsync(HttpContext context, ChatError error)
    {
        LogError(error);
        return context.WriteErrorAsync(error);
    }

    private static ChatError? CheckProvider(StringValues provider) =>
        provider.Count > 1 ? ChatError.Invalid("'provider' must be given once.", "provider") : null;

    private static void SetRoute(HttpResponse response, ChatRoute route)
    {
        response.Headers["x-prism-provider"] = route.Provider;
        response.Headers["x-prism-attempts"] = route.Attempts == 1 ? "1" : route.Attempts.ToString(CultureInfo.InvariantCulture);
        response.SetWarnings(route.Warnings);
        response.SetCacheResult(route);
        response.SetRateLimits(route.Limits);
    }

    private void LogRoute(ChatRoute route)
    {
        log.Set("Provider", route.Provider);
        log.Set("Model", route.Model);
        log.Set("Cache", CacheHeaders.NameOf(route.Cache));
        log.Set("Attempts", route.Attempts);
    }

    private void LogUsage(ChatRoute? route, ChatUsage? usage)
    {
        log.Set("PromptTokens", usage?.PromptTokens);
        log.Set("CompletionTokens", usage?.CompletionTokens);
        log.Set("CostUsd", usage?.CostOf(route));
    }

    private void LogError(ChatError error) => log.Set("Error", error.Kind.ToWord());
}
