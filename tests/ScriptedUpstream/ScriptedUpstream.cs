using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Prism.Tests;

/// <summary>A provider on a real socket that does what a test tells it to, and keeps what it was sent.</summary>
public sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedRequest> _received = new();
    private volatile Func<UpstreamCall, Task> _script;

    private ScriptedUpstream(WebApplication app, Func<UpstreamCall, Task> script)
    {
        _app = app;
        _script = script;
    }

    /// <summary>The address it listens on, without a trailing slash: <c>http://127.0.0.1:41234</c>.</summary>
    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Every request so far, in the order of arrival.</summary>
    public IReadOnlyList<ReceivedRequest> Received => [.. _received];

    /// <summary>What it does with each request from now on.</summary>
    public void Respond(Func<UpstreamCall, Task> script) => _script = script;

    /// <summary>Starts one on a free port of the loopback address, over TLS where it has a certificate.</summary>
    public static async Task<ScriptedUpstream> StartAsync(Func<UpstreamCall, Task>? script = null, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                if (certificate is not null)
                {
                    listener.UseHttps(certificate);
                }
            });
            kestrel.AddServerHeader = false;
        });
        var app = builder.Build();
        var upstream = new ScriptedUpstream(app, script ?? (call => call.JsonAsync("""{"error":{"message":"nothing scripted"}}""", 500)));
        app.Run(upstream.HandleAsync);
        await app.StartAsync();
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        // Scripts that hold a connection open on purpose would make a graceful stop wait.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = new ReceivedRequest(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync(),
            context.Connection.Id);
        _received.Enqueue(request);
        await _script(new UpstreamCall(context, request));
    }
}

/// <summary>A request as the upstream got it.</summary>
public sealed record ReceivedRequest(
    string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body, string ConnectionId);
