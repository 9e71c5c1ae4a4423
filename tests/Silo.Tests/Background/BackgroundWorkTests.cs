using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using Prism.Gateway;
using Prism.Grains.Background;
using Prism.Grains.Cache;
using Prism.Grains.Keys;
using Prism.Grains.Settings;
using Prism.Grains.Usage;
using Prism.Silo.Cluster;

namespace Prism.Tests.Background;

/// <summary>Nothing ends a background loop but its own stop, whatever happens to what it depends on.</summary>
public sealed class BackgroundWorkTests
{
    /// <summary>All loops. Each is begun here over a dependency that fails.</summary>
    private static readonly Dictionary<Type, Func<FailingDependency, FakeTimeProvider, object>> Loops = new()
    {
        [typeof(RedisWatch)] = (failing, time) => new RedisWatch(
            failing.Of<IRedisProbe>(), failing.Of<IClusterMembershipService>(), time, NullLogger<RedisWatch>.Instance),
        [typeof(OwnRowWatch)] = (failing, time) => new OwnRowWatch(
            failing.Of<IMembershipTable>(),
            failing.Of<IClusterMembershipService>(),
            failing.Of<ILocalSiloDetails>(),
            failing.Of<IFatalErrorHandler>(),
            NewLifetime(),
            time,
            NullLogger<OwnRowWatch>.Instance),
        [typeof(DeathLog)] = (failing, time) => new DeathLog(
            failing.Of<IClusterMembershipService>(),
            failing.Of<IMembershipTable>(),
            failing.Of<ILocalSiloDetails>(),
            NewLifetime(),
            time,
            NullLogger<DeathLog>.Instance),
        [typeof(ApiKeyHeartbeat)] = (failing, time) => new ApiKeyHeartbeat(
            new ApiKeyStore(failing.Of<IGrainStorage>), time, NullLogger<ApiKeyHeartbeat>.Instance),
        [typeof(CacheEpochReader)] = (failing, time) => new CacheEpochReader(
            new StartSettings<CacheOptions>(Options.Create(new CacheOptions { Enabled = true })),
            new CacheEpoch(),
            failing.Of<IGrainFactory>(),
            time,
            NullLogger<CacheEpochReader>.Instance),
        [typeof(UsageReporter)] = (failing, time) => new UsageReporter(
            BookWithOneEntry(), failing.Of<IGrainFactory>(), new StartSettings<UsageOptions>(Options.Create(new UsageOptions())), time, NullLogger<UsageReporter>.Instance),
    };

    /// <summary>What the host or the silo starts that has no loop of its own, or one that depends on nothing that can fail.</summary>
    private static readonly HashSet<string> WithoutLoop =
    [
        "OpenWarning", "StartupNotices", "Greeting", "DashboardStart", "MeterBridge", "Drain", "StartupGarbage", "StandstillMeter", "ProviderLeases", "KeyLeases", "SiloDrain",
        "SharedCallService", "TemplateCacheService", "ApiKeyCopiesService", "ProviderHoldsService",
    ];

    public static TheoryData<string, string> LoopsAndFailures
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var loop in Loops.Keys)
            {
                foreach (var failure in EveryFailure.Names)
                {
                    data.Add(loop.Name, failure);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LoopsAndFailures))]
    public async Task A_loop_goes_on_whatever_it_meets(string loop, string failure)
    {
        var time = new FakeTimeProvider();
        var failing = new FailingDependency(EveryFailure.Make(failure));
        var begun = Loops.Single(one => one.Key.Name == loop).Value(failing, time);
        await BeginAsync(begun);

        for (var calls = 0; calls < 3; calls++)
        {
            await CalledAsync(failing, time);
        }
    }

    [Fact]
    public void Every_service_of_the_process_is_known_here() => Assert.Equal(
        FindServices().Select(type => type.Name).Order(StringComparer.Ordinal),
        Loops.Keys.Select(type => type.Name).Concat(WithoutLoop).Order(StringComparer.Ordinal));

    private static IEnumerable<Type> FindServices() =>
        new[] { typeof(Program).Assembly, typeof(SurvivingLoop).Assembly, typeof(GatewayEndpoints).Assembly, typeof(Providers.ProviderRegistry).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false }
                && (typeof(IHostedService).IsAssignableFrom(type)
                    || typeof(ILifecycleParticipant<ISiloLifecycle>).IsAssignableFrom(type)
                    || typeof(GrainService).IsAssignableFrom(type)));

    private static async Task BeginAsync(object service)
    {
        switch (service)
        {
            case IHostedService hosted:
                await hosted.StartAsync(CancellationToken.None);
                break;
            case ApiKeyHeartbeat heartbeat:
                heartbeat.Start();
                break;
            case ILifecycleParticipant<ISiloLifecycle> participant:
                participant.Participate(new StartedLifecycle());
                break;
        }
    }

    // Time passes until the loop has gone on: when it begins to wait is its own affair.
    private static async Task CalledAsync(FailingDependency failing, FakeTimeProvider time)
    {
        var called = failing.CalledAsync();
        await Until.TrueAsync("the loop has gone on", () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(called.IsCompleted);
        });
        await called;
    }

    private static ApplicationLifetime NewLifetime() => new(NullLogger<ApplicationLifetime>.Instance);

    private static UsageBuffer BookWithOneEntry()
    {
        var book = new UsageBuffer("silo@1");
        book.Add("owner", new(new(2026, 1, 31), "echo", "echo"), default);
        return book;
    }

    /// <summary>The lifecycle of a silo that starts at once.</summary>
    private sealed class StartedLifecycle : ISiloLifecycle
    {
        public int HighestCompletedStage => 0;

        public int LowestStoppedStage => int.MaxValue;

        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            _ = observer.OnStart(CancellationToken.None);
            return new MemoryStream();
        }
    }
}
