using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using OpenAI.Chat;
using Orleans.TestingHost;
using Prism.Tests.Logging;

namespace Prism.Tests.Service;

/// <summary>The whole service as Program builds it, on free ports of the loopback address, with a silo of its own.</summary>
internal sealed class PrismService : IAsyncDisposable
{
    // Held until the end: the allocator keeps the ports from other processes for as long as it lives.
    private readonly TestClusterPortAllocator _ports = new();
    private readonly WebApplication _app;
    private readonly LogText _log = new();
    private bool _stopped;

    // What the service gives up for being slow, it gives up on a busy machine too.
    private static readonly string[] Patiently = ["--Prism:Cache:AskTimeout=00:03:00", "--Prism:Cache:LostTimeout=00:03:00"];

    private PrismService((string Name, string Value)[] settings, string[] arguments, Stream? log = null)
    {
        (SiloPort, GatewayPort) = _ports.AllocateConsecutivePortPairs(1);
        var variables = SiloHost.Ports(
            [("LLM_SILO_PORT", $"{SiloPort}"), ("LLM_SILO_GATEWAY_PORT", $"{GatewayPort}"), ("LLM_DASHBOARD_ENABLED", "false"), .. settings]);
        _app = Program.Build([.. Patiently, .. arguments], variables, log ?? _log);
        Http = null!;
    }

    public int SiloPort { get; }

    public int GatewayPort { get; }

    public Uri Url => _app.Addresses()[0];

    public Uri MetricsUrl => _app.Addresses()[1];

    /// <summary>Every route there is.</summary>
    public IEnumerable<RouteEndpoint> Routes =>
        ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    /// <summary>A client of the API.</summary>
    public HttpClient Http { get; private set; }

    public static Task<PrismService> StartAsync(params (string Name, string Value)[] settings) => StartAsync([], settings);

    /// <param name="arguments">The command line.</param>
    /// <param name="settings">The environment.</param>
    public static Task<PrismService> StartAsync(string[] arguments, params (string Name, string Value)[] settings) => StartAsync(null, arguments, settings);

    /// <param name="log">Where it logs; null to keep it.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="settings">The environment.</param>
    public static async Task<PrismService> StartAsync(Stream? log, string[] arguments, params (string Name, string Value)[] settings)
    {
        var service = new PrismService(settings, arguments, log);
        await service._app.StartAsync();
        service.Http = new HttpClient { BaseAddress = service.Url };
        return service;
    }

    /// <summary>The official SDK, which knows nothing of Prism but its address.</summary>
    public ChatClient OpenAiSdk(string model) => new(
        model,
        new ApiKeyCredential("a key of the client's own"),
        // Retries would hide what Prism answers.
        new OpenAIClientOptions { Endpoint = new Uri(Url, "v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

    /// <summary>A service of its container.</summary>
    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Posts a JSON body.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string json, CancellationToken cancellationToken = default) =>
        Http.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"), cancellationToken);

    /// <summary>Stops the service as SIGTERM does.</summary>
    /// <returns>Everything that it has logged.</returns>
    public async Task<string> StopAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            await _app.StopAsync();
            // With its services go the last lines.
            await _app.DisposeAsync();
        }

        return _log.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        await StopAsync();
        _ports.Dispose();
        await _log.DisposeAsync();
    }
}
