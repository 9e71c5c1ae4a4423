using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Prism.Auth;
using Prism.Cache;
using Prism.Errors;
using Prism.Failover;
using Prism.Json;
using Prism.Limits;
using Prism.Sse;
using Serilog;

namespace Prism.Chat;

/// <summary>The two chat endpoints: one call, said in Prism's own wire format or in OpenAI's.</summary>
internal sealed class ChatEndpoint(IChatService chat, IDiagnosticContext log, TimeProvider time)
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
        request = request with { Provider = provider is [{ Length: > 0 } name] ? name : null, Cache = cache, Owner = context.GetOwner() };
        if ((CheckProvider(provider) ?? unreadable ?? format.Check(request)) is { } refused)
        {
            await FailAsync(context, refused);
        }
        else if (request.Stream == true)
        {
            await StreamAsync(context, format, request);
        }
        else
        {
            await CompleteAsync(context, format, request);
        }
    }

    private async Task CompleteAsync(HttpContext context, IChatFormat format, ChatRequest request)
    {
        var outcome = await chat.CompleteAsync(request, context.RequestAborted);
        OnRouted(context.Response, outcome.Route);
        if (outcome.Error is { } error)
        {
            await FailAsync(context, error);
            return;
        }

        LogUsage(outcome.Route, outcome.Response!.Usage);
        await format.WriteResponseAsync(context.Response, outcome.Response);
    }

    private async Task StreamAsync(HttpContext context, IChatFormat format, ChatRequest request)
    {
        await using var output = new SseStream(context, time);
        var stream = format.CreateStream(output, request);
        var (ended, started) = (false, default(ChatRoute));
        await foreach (var streamEvent in chat.StreamAsync(request, context.RequestAborted))
        {
            ended = streamEvent is { Completed: not null } or { Failed: not null };
            switch (streamEvent)
            {
                case { Chunk: { } chunk }:
                    await stream.WriteAsync(chunk);
                    break;
                case { Started: { } route }:
                    LogRoute(started = route);
                    await output.BeforeStartAsync(SetRoute, route);
                    break;
                case { Completed: { } usage }:
                    LogUsage(started, usage);
                    await stream.CompleteAsync(usage);
                    await output.WriteDoneAsync();
                    break;
                case { Failed: { } error } when await output.TryAbandonAsync():
                    OnRouted(context.Response, error.Route);
                    await FailAsync(context, error);
                    break;
                case { Failed: { } error }:
                    LogError(error);
                    // The end, without [DONE]: a client must not take this for a whole answer.
                    await output.WriteAsync(ChatErrorMapping.BodyOf(error), GatewayJson.Api.ApiErrorBody);
                    break;
            }
        }

        if (!ended)
        {
            throw new InvalidOperationException("The answer stopped without an end.");
        }
    }

    private void OnRouted(HttpResponse response, ChatRoute? route)
    {
        if (route is not null)
        {
            LogRoute(route);
            SetRoute(response, route);
        }
    }

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
    }

    private void LogUsage(ChatRoute? route, ChatUsage? usage)
    {
        log.Set("PromptTokens", usage?.PromptTokens);
        log.Set("CompletionTokens", usage?.CompletionTokens);
        log.Set("CostUsd", usage?.CostOf(route));
    }

    private void LogError(ChatError error) => log.Set("Error", error.Kind);
}
