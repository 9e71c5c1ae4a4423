using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.TestingHost;
using Prism.Grains;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Pipeline;
using Prism.Pipeline.Attempts;
using Prism.Providers;
using Prism.Tests.Chat;
using Prometheus;

namespace Prism.Tests.Cluster;

/// <summary>Silos on real ports, each with a scripted provider of its own, and a client that is connected to the last of them only.</summary>
public sealed class ChatCluster : IAsyncDisposable
{
    /// <summary>One cluster at a time: their timeouts are real ones.</summary>
    public const string Collection = "clusters";

    private const string Name = "chat-cluster";

    private readonly List<IHost> _silos = [];
    private readonly IHost _client;
    private readonly TestClusterPortAllocator _ports = new();

    private ChatCluster(int silos, TimeSpan responseTimeout)
    {
        var (siloPort, gatewayPort) = _ports.AllocateConsecutivePortPairs(silos);
        for (var i = 0; i < silos; i++)
        {
            var provider = ScriptedProvider.Create("vendor", "gpt-4o");
            Providers.Add(provider);
            _silos.Add(CreateSilo(provider, siloPort + i, gatewayPort + i, new(IPAddress.Loopback, siloPort), responseTimeout));
        }

        _client = CreateClient(gatewayPort + silos - 1, responseTimeout);
    }

    /// <summary>What stands behind each silo.</summary>
    internal List<ScriptedProvider> Providers { get; } = [];

    /// <summary>What stands behind the silo that the client is connected to.</summary>
    internal ScriptedProvider Vendor => Providers[^1];

    /// <summary>The chat grains' activations on all silos.</summary>
    internal Activations Activations { get; } = new();

    /// <summary>Called with the name of every method that the client calls, before it is sent.</summary>
    internal Action<string> OnClientCall { get; set; } = _ => { };

    /// <summary>The container of each silo.</summary>
    internal IEnumerable<IServiceProvider> Silos => _silos.Select(silo => silo.Services);

    /// <summary>What a process that is only an Orleans client has.</summary>
    internal IChatService Chat => _client.Services.GetRequiredService<IChatService>();

    public static async Task<ChatCluster> StartAsync(int silos = 1, TimeSpan? responseTimeout = null)
    {
        var cluster = new ChatCluster(silos, responseTimeout ?? TimeSpan.FromSeconds(30));
        foreach (var host in cluster._silos.Append(cluster._client))
        {
            await host.StartAsync();
        }

        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _silos.Append(_client).Reverse())
        {
            await host.StopAsync();
            host.Dispose();
        }

        _ports.Dispose();
    }

    private IHost CreateSilo(ScriptedProvider provider, int siloPort, int gatewayPort, IPEndPoint primary, TimeSpan responseTimeout)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort, gatewayPort, primary, Name, Name)
            .UseSmallDirectoryCache()
            .AddMemoryGrainStorage(StorageNames.Ledgers)
            .AddMemoryGrainStorage(StorageNames.Catalogs)
            .Configure<SiloOptions>(options => options.SiloName = $"silo-{siloPort}")
            .Configure<SiloMessagingOptions>(options => options.ResponseTimeout = responseTimeout));
        builder.Services
            .AddSingleton(new ProviderRegistry("vendor", [provider]))
            .AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()))
            .AddPrismGrains().AddPrismPipeline()
            .Configure<AttemptOptions>(options => options.MaxRetries = 0)
            .AddSingleton<IPromptTemplates, OneTemplate>()
            // A scope is an activation: what is scoped lives as long as its grain.
            .AddSingleton<ChatService>()
            .AddSingleton(Activations)
            .AddScoped<IChatService, ActivationWitness>();
        return builder.Build();
    }

    private IHost CreateClient(int gatewayPort, TimeSpan responseTimeout)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleansClient(client => client
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gatewayPort))
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (Name, Name))
            .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = responseTimeout)
            .AddOutgoingGrainCallFilter(call =>
            {
                OnClientCall(call.MethodName);
                return call.Invoke();
            }));
        builder.Services.AddSingleton<IChatService, ChatGrainClient>();
        return builder.Build();
    }

    private sealed class ActivationWitness : IChatService, IDisposable
    {
        private readonly ChatService _chat;
        private readonly Activations _activations;

        public ActivationWitness(ChatService chat, Activations activations)
        {
            (_chat, _activations) = (chat, activations);
            activations.OnBegun();
        }

        public Task<ChatOutcome> CompleteAsync(ChatRequest request, CancellationToken cancellationToken) =>
            _chat.CompleteAsync(request, cancellationToken);

        public IAsyncEnumerable<ChatStreamEvent> StreamAsync(ChatRequest request, CancellationToken cancellationToken) =>
            _chat.StreamAsync(request, cancellationToken);

        public void Dispose() => _activations.OnEnded();
    }
}
