using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Prism.Gateway;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Templates;
using Prism.Pipeline;
using Prism.Providers;
using Prism.Tests.Chains;
using Prometheus;
using Serilog;
using Serilog.Events;

namespace Prism.Tests;

/// <summary>The gateway on a real socket, over services that do what a test tells them to.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    /// <summary>The most bytes of a body here.</summary>
    public const int MaxBodySize = 64 * 1024;

    /// <summary>A body that the gateway takes.</summary>
    public const string Hello = """{"messages":[{"role":"user","content":"Hello"}]}""";

    /// <summary>The same, to be answered piece by piece.</summary>
    public const string HelloStream = """{"messages":[{"role":"user","content":"Hello"}],"stream":true}""";

    /// <summary>How long a signal may take before the test is given up.</summary>
    public static readonly TimeSpan Deadline = Patience.Limit;

    private readonly WebApplication _app;

    private GatewayHost(Action<IServiceCollection>? configure, Action<IEndpointRouteBuilder>? map)
    {
        Grains = ScriptedGrains.Create(Time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = MaxBodySize;
        });
        builder.Services
            // The static logger is one for all tests. The server's own scope has another id of the request.
            .AddSerilog(
                log => log.MinimumLevel.Information().MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off).WriteTo.Sink(Log),
                preserveStaticLogger: true)
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<ICallPipeline>(new ScriptedPipeline(Chat))
            .AddSingleton<IResponseCache>(Cache)
            .AddSingleton<IProviderCatalog>(Catalog)
            .AddSingleton<IProviderReports>(Reports)
            .AddSingleton<IProviderHolds>(Holds)
            .AddSingleton<IPromptTemplates>(Templates)
            .AddSingleton<IApiKeys>(Keys)
            .AddSingleton<IKeyTargets>(new ScriptedTargets())
            .AddSingleton<IKeyRequests>(KeyRequests)
            .AddSingleton<IClusterView>(Cluster)
            .AddSingleton<IDrain>(Drain)
            .AddSingleton<IMetricFactory>(Prometheus.Metrics.WithCustomRegistry(Registry))
            .AddSingleton(Grains.Factory)
            .AddPrismProviders().AddPrismSnapshots().AddPrismGateway();
        configure?.Invoke(builder.Services);
        _app = builder.Build();
        _app.Use((context, next) => Log.SummarizeAsync(context, next));
        _app.UsePrismGateway();
        _app.MapPrismGateway();
        _app.MapGet("/undeclared", () => "open to nobody");
        map?.Invoke(_app);
    }

    internal FakeTimeProvider Time { get; } = new();

    internal ScriptedChat Chat { get; } = new();

    internal ScriptedCache Cache { get; } = new();

    internal ScriptedCatalog Catalog { get; } = new();

    internal ScriptedReports Reports { get; } = new();

    internal ScriptedHolds Holds { get; } = new();

    internal ScriptedTemplates Templates { get; } = new();

    internal ScriptedKeys Keys { get; } = new();

    internal ScriptedKeyRequests KeyRequests { get; } = new();

    internal ScriptedCluster Cluster { get; } = new();

    internal ScriptedDrain Drain { get; } = new();

    internal CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();

    internal ScriptedGrains Grains { get; }

    internal CollectedLog Log { get; } = new();

    internal HttpClient Client { get; private set; } = null!;

    internal Uri Address { get; private set; } = null!;

    internal IHostApplicationLifetime Lifetime => _app.Lifetime;

    /// <param name="configure">Changes what the gateway has; null for no change.</param>
    /// <param name="map">Maps more endpoints; null for none.</param>
    public static async Task<GatewayHost> StartAsync(Action<IServiceCollection>? configure = null, Action<IEndpointRouteBuilder>? map = null)
    {
        var host = new GatewayHost(configure, map);
        await host._app.StartAsync();
        var addresses = host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        host.Address = new Uri(addresses.Addresses.Single());
        host.Client = new HttpClient { BaseAddress = host.Address, Timeout = Deadline };
        return host;
    }

    /// <summary>A service of its container.</summary>
    internal T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Sends a JSON body and reads the whole answer.</summary>
    internal Task<HttpResponseMessage> PostAsync(string path, string json) => Client.PostAsync(path, Json(json));

    /// <summary>Sends a JSON body and leaves the answer's to be read.</summary>
    internal Task<HttpResponseMessage> BeginAsync(string path, string json, CancellationToken cancellationToken = default) => Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(json) }, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>A body of the type that HTTP clients send.</summary>
    internal static ByteArrayContent Json(string json)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // Scripts that hold a request open on purpose would make a graceful stop wait.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        Drain.Dispose();
    }
}
