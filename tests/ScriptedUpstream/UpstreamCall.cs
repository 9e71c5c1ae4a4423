using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Prism.Tests;

/// <summary>One request at a <see cref="ScriptedUpstream"/>, and what a script can do to it.</summary>
public sealed class UpstreamCall(HttpContext context, ReceivedRequest request)
{
    /// <summary>What was sent.</summary>
    public ReceivedRequest Request => request;

    /// <summary>Fires when the client has closed the connection.</summary>
    public CancellationToken ClientLeft => context.RequestAborted;

    /// <summary>The raw exchange, for what has no method here.</summary>
    public HttpContext Http => context;

    /// <summary>Answers with a JSON body.</summary>
    public Task JsonAsync(string json, int status = 200, params (string Name, string Value)[] headers) =>
        BodyAsync(json, "application/json", status, headers);

    /// <summary>Answers with a body of any type.</summary>
    public async Task BodyAsync(string body, string contentType, int status = 200, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.WriteAsync(body);
    }

    /// <summary>Sends the headers of a stream. Follow with <see cref="WriteAsync"/>.</summary>
    public async Task StartStreamAsync(string contentType = "text/event-stream")
    {
        context.Response.ContentType = contentType;
        await context.Response.StartAsync();
        await context.Response.Body.FlushAsync();
    }

    /// <summary>Sends bytes as they are, at once.</summary>
    public async Task WriteAsync(string raw)
    {
        await context.Response.WriteAsync(raw);
        await context.Response.Body.FlushAsync();
        // Writes to a client that has left end at once and never wait. A script that writes without end would keep its thread, and a few of them all
        // threads: the news that the client has left needs one.
        await Task.Yield();
    }

    /// <summary>Sends a whole SSE stream: each piece as the data of one event.</summary>
    public async Task ServerSentEventsAsync(params string[] data)
    {
        await StartStreamAsync();
        foreach (var piece in data)
        {
            await WriteAsync($"data: {piece}\n\n");
        }
    }

    /// <summary>Breaks the connection off.</summary>
    public void Abort() => context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();

    /// <summary>Says nothing until the client leaves.</summary>
    public Task HangAsync()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        context.RequestAborted.Register(left.SetResult);
        return left.Task;
    }
}
