using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Storage;
using Orleans.TestingHost;
using Prism.Grains;
using Prism.Grains.Catalog;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Templates;
using Prism.Pipeline;
using Prism.Pipeline.Attempts;
using Prism.Providers;
using Prism.Tests.Chat;
using Prism.Tests.Cluster;
using Prism.Tests.Templates;
using Prometheus;
using static Prism.Tests.Chat.ScriptedProvider;

namespace Prism.Tests.Chains;

/// <summary>A cluster that runs chains, with a storage and reminders that outlive its silos, and a scripted provider.</summary>
internal sealed class ChainCluster : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, CollectorRegistry> _metrics = new();
    private InProcessTestCluster _cluster = null!;

    private ChainCluster()
    {
    }

    public RunStorage Storage { get; } = new();

    public SharedReminders Reminders { get; } = new();

    /// <summary>What was asked for upstream, with the name of the silo that asked.</summary>
    public ConcurrentQueue<(string Silo, ChatRequest Request)> Calls { get; } = new();

    /// <summary>What the provider does; without it, it answers with the prompt in angle brackets.</summary>
    public Func<string, CancellationToken, IAsyncEnumerable<ChatStreamEvent>> OnPrompt { get; set; } = (prompt, _) => Say($"<{prompt}>");

    /// <summary>What was rendered and evaluated.</summary>
    public ConcurrentQueue<WatchedRunner.Piece> Rendered { get; } = new();

    public ChainClient Chains { get; private set; } = null!;

    public IGrainFactory Grains => _cluster.Client;

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public static async Task<ChainCluster> StartAsync(
        short silos = 1, Action<ChainOptions>? configure = null, Action<QuotaOptions>? quotas = null)
    {
        var cluster = new ChainCluster();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((options, silo) => cluster.Configure(options.SiloName, silo, configure ?? (_ => { }), quotas ?? (_ => { })));
        // A client outside the cluster is not told that a silo is dead: that is for how long it waits for one, and then asks again.
        var patience = silos > 1 ? TimeSpan.FromSeconds(8) : Patience.Limit;
        builder.ConfigureClient(client => client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = patience));
        cluster._cluster = builder.Build();
        await cluster._cluster.DeployAsync();
        cluster.Chains = new(cluster._cluster.Client, TimeProvider.System);
        return cluster;
    }

    public static async IAsyncEnumerable<ChatStreamEvent> Say(params string[] pieces)
    {
        foreach (var piece in pieces)
        {
            await Task.Yield();
            yield return Piece(piece, piece == pieces[^1] ? ChatUsage.Of(3, 2) : null);
        }
    }

    /// <summary>Says nothing until it is cancelled.</summary>
    public static async IAsyncEnumerable<ChatStreamEvent> WaitAsync(UpstreamWait upstream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await upstream.UntilCancelledAsync(cancellationToken);
        yield break;
    }

    public Task<ChainStartOutcome> StartAsync(string definition, string? key = null, string owner = "") =>
        Chains.StartAsync(new() { Definition = Chain.Parse(definition), Owner = owner }, key, CancellationToken.None);

    /// <summary>Starts a run and waits for its end.</summary>
    public async Task<ChainRun> RunAsync(string definition)
    {
        var started = await StartAsync(definition);
        Assert.Null(started.Error?.Message);
        return await EndOfAsync(started.Run!.Id);
    }

    /// <summary>A run at its end.</summary>
    public async Task<ChainRun> EndOfAsync(string runId)
    {
        var run = await Chains.WaitAsync(runId, Patience.Limit, CancellationToken.None);
        Assert.True(run!.IsFinished, $"It is {run.Status}: {string.Join(' ', run.Steps.Select(step => $"{step.Name}={step.Status}"))}");
        return run;
    }

    /// <summary>All events of a run after one.</summary>
    public async Task<List<ChainEvent>> EventsOfAsync(string runId, long after = 0, bool deltas = false)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        var events = new List<ChainEvent>();
        await foreach (var one in Chains.WatchAsync(runId, after, deltas, patience.Token))
        {
            events.Add(one);
        }

        return events;
    }

    public IChainGrain Run(string runId) => _cluster.Client.GetGrain<IChainGrain>(runId);

    /// <summary>The silo that a run's activation is on.</summary>
    public InProcessSiloHandle SiloOf(string runId)
    {
        Assert.True(_cluster.TryGetGrainContext(Run(runId).GetGrainId(), out var context));
        return _cluster.GetSiloForAddress(context.Address.SiloAddress!)!;
    }

    public Task KillAsync(InProcessSiloHandle silo) => _cluster.KillAndBuryAsync(silo);

    public Task StopAsync(InProcessSiloHandle silo) => _cluster.StopSiloAsync(silo);

    public Task StartOneMoreAsync() => _cluster.StartAdditionalSiloAsync();

    /// <summary>Kills all silos at once, and starts one anew.</summary>
    public async Task ReplaceAllAsync()
    {
        var dead = Silos.Select(silo => silo.SiloAddress).ToArray();
        await Task.WhenAll(Silos.ToArray().Select(KillAsync));
        var one = await _cluster.StartAdditionalSiloAsync();
        foreach (var silo in dead)
        {
            await _cluster.BuryAsync(one, silo);
        }
    }

    public Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    public Task WaitForDeactivationAsync(IAddressable grain) => _cluster.WaitForDeactivationAsync(grain).WaitAsync(Patience.Limit);

    /// <summary>The samples of a metric over all silos, as a scrape shows them, added up.</summary>
    public async Task<Dictionary<string, double>> ScrapeAsync(string metric)
    {
        var samples = new Dictionary<string, double>();
        foreach (var registry in _metrics.Values)
        {
            using var text = new MemoryStream();
            await registry.CollectAndExportAsTextAsync(text);
            foreach (var line in Encoding.UTF8.GetString(text.ToArray()).Split('\n').Where(line => line.StartsWith(metric, StringComparison.Ordinal)))
            {
                var at = line.LastIndexOf(' ');
                var name = line[metric.Length..at];
                samples[name] = samples.GetValueOrDefault(name) + double.Parse(line[at..], System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        return samples;
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private void Configure(string siloName, ISiloBuilder silo, Action<ChainOptions> configure, Action<QuotaOptions> quotas)
    {
        var provider = ScriptedProvider.Create("vendor", "gpt-4o");
        provider.OnStream = (request, cancellationToken) =>
        {
            Calls.Enqueue((siloName, request));
            return OnPrompt(request.Messages[^1].Content!.Text!, cancellationToken);
        };
        silo.UseSmallDirectoryCache().AddReminders();
        silo.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromSeconds(1));
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            DeathCertificate.OnlySource(options);
            // A silo that comes after all others have died waits for them until their last sign of life is old.
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(1);
        });
        // As in the service: what is sent to a silo that has just died is sent again after this.
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(15));
        silo.AddMemoryGrainStorage(StorageNames.Ledgers).AddMemoryGrainStorage(StorageNames.Catalogs);
        silo.Services
            .AddSingleton<IReminderTable>(Reminders)
            .AddKeyedSingleton<IGrainStorage>(StorageNames.Runs, Storage)
            .AddSingleton(new ProviderRegistry("vendor", [provider]))
            .AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(_metrics.GetOrAdd(siloName, _ => Metrics.NewCustomRegistry())))
            .AddSingleton<ITemplateRunner>(_ => new WatchedRunner(new(new()), Rendered))
            .AddPrismGrains().AddPrismPipeline()
            .Configure<AttemptOptions>(options => options.MaxRetries = 0)
            .Configure<TemplateOptions>(options => options.Deadline = TimeSpan.FromMinutes(1))
            .Configure<ChainOptions>(configure.Invoke)
            .Configure<QuotaOptions>(quotas.Invoke);
    }
}
