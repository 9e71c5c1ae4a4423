using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Usage;
using Prism.Grains.Quotas;
using Prism.Grains.Usage;
using Prism.Tests.Cluster;
using Prism.Tests.Quotas;

namespace Prism.Tests.Usage;

/// <summary>Silos that report what they use when a test wants it, over one storage.</summary>
internal sealed class UsageCluster : IAsyncDisposable
{
    public static readonly UsageLine Line = new(new(2026, 1, 2), "openai", "gpt-4o");

    private readonly InProcessTestCluster _cluster;

    private UsageCluster(InProcessTestCluster cluster) => _cluster = cluster;

    public required FaultyGrainStorage Storage { get; init; }

    public UsageClient Client => new(_cluster.Client);

    public static async Task<UsageCluster> StartAsync(short silos)
    {
        var storage = new FaultyGrainStorage();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSmallDirectoryCache();
            silo.AddMemoryGrainStorage(StorageNames.Catalogs);
            silo.Services
                .AddKeyedSingleton<Orleans.Storage.IGrainStorage>(StorageNames.Ledgers, storage)
                .AddSingleton<ILedgerCluster, LedgerCluster>()
                .AddPrismUsage()
                .Configure<UsageOptions>(options => options.ReportInterval = TimeSpan.FromHours(1))
                .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LateUser>();
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster) { Storage = storage };
    }

    public UsageBuffer Book(int silo) => Get<UsageBuffer>(silo);

    /// <summary>Has a silo make its reports.</summary>
    public Task ReportAsync(int silo) => Get<UsageReporter>(silo).ReportAsync(CancellationToken.None);

    /// <summary>Has a silo use something for itself while it deactivates its grains.</summary>
    public void UseLate(int silo, string owner) => Get<IEnumerable<ILifecycleParticipant<ISiloLifecycle>>>(silo).OfType<LateUser>().Single().Owner = owner;

    /// <summary>How many requests of an owner are on record.</summary>
    public async Task<long> CountAsync(string owner) => (await Client.SumAsync(owner, Line.Day, CancellationToken.None)).Day.Requests;

    public Task MoveAsync(string owner) =>
        _cluster.DeactivateAsync(_cluster.Client.GetGrain<IUsageGrain>(GrainKeys.Usage(owner, Line.Day)));

    public async Task<string[]> OwnersAsync() =>
        [.. await _cluster.Client.GetGrain<INamesGrain>(GrainKeys.UsageOwners(Line.Day)).ListAsync()];

    public Task StopAsync(int silo) => _cluster.StopSiloAsync(_cluster.Silos[silo]);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private T Get<T>(int silo)
        where T : notnull => _cluster.GetSiloServiceProvider(_cluster.Silos[silo].SiloAddress).GetRequiredService<T>();

    private sealed class LateUser(UsageBuffer book) : ILifecycleParticipant<ISiloLifecycle>
    {
        public string? Owner { get; set; }

        public void Participate(ISiloLifecycle observer) => observer.Subscribe(
            nameof(LateUser), ServiceLifecycleStage.GrainDeactivation, _ => Task.CompletedTask, _ =>
            {
                if (Owner is not null)
                {
                    book.Add(Owner, Line, new() { Requests = 1 });
                }

                return Task.CompletedTask;
            });
    }
}
