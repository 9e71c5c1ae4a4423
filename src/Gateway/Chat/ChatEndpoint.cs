using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Prism.Formats.OpenAi.Chat;
using Prism.Formats.Prism.Chat;
using Prism.Gateway.Auth;
using Prism.Gateway.Cache;
using Prism.Gateway.Errors;
using Prism.Gateway.Failover;
using Prism.Gateway.Limits;
using Prism.Gateway.Logging;
using Prism.Gateway.OpenApi;
using Prism.Gateway.Sse;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;
using Prism.Pipeline;

namespace Prism.Gateway.Chat;

/// <summary>The two chat endpoints: the same call in Prism's own format or in OpenAI's.</summary>
internal sealed class ChatEndpoint(ICallPipeline pipeline, SseStreams streams, CallEnds ends, IDrain drain, TimeProvider time)
{
    /// <summary><c>POST /v1/chat</c></summary>
    [Gives<NativeResponse>, Streams<NativeChunk>]
    public Task Native(HttpContext context) => HandleAsync(context, NativeFormat.Instance);

    /// <summary><c>POST /v1/chat/completions</c></summary>
    [Gives<ChatResponse>, Streams<ChatChunk>]
    public Task OpenAi(HttpContext context) => HandleAsync(context, OpenAiFormat.Instance);

    private Task HandleAsync(HttpContext context, IChatFormat format)
    {
        var reading = context.ReadCallAsync();
        return reading.IsCompletedSuccessfully ? HandleAsync(context, format, reading.Result) : HandleLaterAsync(context, format, reading);
    }

    private async Task HandleLaterAsync(HttpContext context, IChatFormat format, ValueTask<CallRequest?> reading) =>
        await HandleAsync(context, format, await reading);

    private Task HandleAsync(HttpContext context, IChatFormat format, CallRequest? request)
    {
        if (request is null)
        {
            return Task.CompletedTask;
        }

        var provider = context.Request.Query["provider"];
        var (cache, unreadable) = context.Request.ReadCachePolicy();
        request = request.For(provider is [{ Length: > 0 } name] ? name : null, context.GetOwner(), context.TraceIdentifier, cache);
        return (CheckProvider(provider) ?? unreadable ?? format.Check(request)) is { } refused
            ? FailAsync(context, refused)
            : AnswerAsync(context, format, request);
    }

    private async Task AnswerAsync(HttpContext context, IChatFormat format, CallRequest request)
    {
        using var end = ends.Begin(context.RequestAborted);
        // Before the answer: its heartbeat shows the client that the connection is alive while a model thinks.
        await using var output = request.IsStreamed ? streams.Open(context) : null;
        try
        {
            var begun = time.GetTimestamp();
            await using var answer = await pipeline.OpenAsync(request, output is not null, end.Token);
            if (answer.Error is { } error)
            {
                await EndAsync(context, output, error, answer.Info);
            }
            else if (output is null)
            {
                await WriteWholeAsync(context, format, answer);
            }
            else
            {
                context.GetLog().FirstTokenMs = time.GetElapsedTime(begun).TotalMilliseconds;
                await RelayAsync(context, output, format.CreateStream(output, request), answer);
            }
        }
        catch (OperationCanceledException) when (drain.Deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await EndAsync(context, output, ChatError.ShuttingDown);
        }
    }

    private static async Task WriteWholeAsync(HttpContext context, IChatFormat format, Answer answer)
    {
        await answer.NextAsync();
        SetInfo(context.Response, answer.Info!);
        LogInfo(context, answer.Info!);
        LogUsage(context, answer.Info, answer.Usage);
        await format.WriteResponseAsync(context.Response, answer);
    }

    private static async Task RelayAsync(HttpContext context, SseStream output, IChatStreamFormat stream, Answer answer)
    {
        LogInfo(context, answer.Info!);
        await output.BeforeStartAsync(SetInfo, answer.Info!);
        var hasEnded = false;
        while (true)
        {
            var next = answer.NextAsync();
            if (!next.IsCompletedSuccessfully)
            {
                // Available events are sent in one write before the wait for the next frame.
                var sent = output.FlushAsync();
                next = sent.IsCompletedSuccessfully ? next : BothAsync(sent, next);
            }

            if (!await next)
            {
                break;
            }

            if (!answer.IsAtEnd)
            {
                await stream.WriteAsync(answer);
                continue;
            }

            hasEnded = true;
            if (answer.Usage is { } usage)
            {
                LogUsage(context, answer.Info, usage);
                await stream.CompleteAsync(usage);
                await output.WriteDoneAsync();
            }
            else
            {
                await EndAsync(context, output, answer.Frame.Streamed.Failed!);
            }
        }

        if (!hasEnded)
        {
            throw new InvalidOperationException("The answer ended without a last frame.");
        }
    }

    // A read in progress must finish before the answer is disposed, even if sending fails.
    private static async ValueTask<bool> BothAsync(ValueTask sent, ValueTask<bool> next)
    {
        var moved = next.AsTask();
        await Task.WhenAll(sent.AsTask(), moved);
        return await moved;
    }

    /// <param name="context">The context of the request.</param>
    /// <param name="output">The stream that ends here; null if the answer is whole.</param>
    /// <param name="error">The error.</param>
    /// <param name="info">The provider that was called; null for the error's own.</param>
    private static async Task EndAsync(HttpContext context, SseStream? output, ChatError error, AnswerInfo? info = null)
    {
        if (output is null || await output.TryAbandonAsync())
        {
            if ((info ?? error.Route) is { } asked)
            {
                LogInfo(context, asked);
                SetInfo(context.Response, asked);
            }

            await FailAsync(context, error);
            return;
        }

        LogError(context, error);
        // No [DONE]: a client must not mistake this for a complete answer.
        await context.GetErrorFormat().WriteEventAsync(output, ChatErrorMapping.BodyOf(error).Error);
    }

    private static Task FailAsync(HttpContext context, ChatError error)
    {
        LogError(context, error);
        return context.WriteErrorAsync(error);
    }

    private static ChatError? CheckProvider(StringValues provider) =>
        provider.Count > 1 ? ChatError.Invalid("'provider' must be given once.", "provider") : null;

    private static void SetInfo(HttpResponse response, AnswerInfo route)
    {
        response.Headers["x-prism-provider"] = route.Provider;
        response.Headers["x-prism-attempts"] = route.Attempts == 1 ? "1" : route.Attempts.ToString(CultureInfo.InvariantCulture);
        response.SetWarnings(route.Warnings);
        response.SetCacheResult(route);
        response.SetRateLimits(route.Limits);
    }

    private static void LogInfo(HttpContext context, AnswerInfo route)
    {
        var log = context.GetLog();
        (log.Provider, log.Model) = (route.Provider, route.Model);
        (log.Cache, log.Attempts) = (CacheHeaders.NameOf(route.Cache), route.Attempts);
    }

    private static void LogUsage(HttpContext context, AnswerInfo? route, ChatUsage? usage)
    {
        var log = context.GetLog();
        (log.PromptTokens, log.CompletionTokens, log.CostUsd) = (usage?.PromptTokens, usage?.CompletionTokens, usage?.CostOf(route));
    }

    private static void LogError(HttpContext context, ChatError error) => context.GetLog().Error = error.Kind.ToWord();
}
