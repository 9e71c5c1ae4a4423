using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;
using Prism.Grains;
using Prism.Grains.Breakers;
using Prism.Grains.Cache;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Pipeline;
using Prism.Pipeline.Attempts;
using Prism.Providers;
using Prism.Tests.Chat;
using Prism.Tests.Costs;
using Prism.Tests.SharedCalls;
using Prometheus;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Snapshots;

/// <summary>The configuration is exchanged while calls are under way.</summary>
public sealed class SnapshotTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ScriptedProvider _old = Create("vendor", "gpt-4o");
    private readonly ScriptedProvider _new = Create("vendor", "gpt-4o");
    private readonly ScriptedProvider _second = Create("second");
    private InProcessTestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _old.Options.RequestsPerMinute = _new.Options.RequestsPerMinute = 5;
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseInMemoryReminderService();
            silo.AddMemoryGrainStorage(StorageNames.Cache).AddMemoryGrainStorage(StorageNames.Ledgers).AddMemoryGrainStorage(StorageNames.Catalogs);
            // Its minute does not end.
            silo.Services.AddSingleton<TimeProvider>(new FakeTimeProvider()).UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.Services
                .AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()))
                .AddSingleton(new ProviderRegistry("vendor", [_old, _second], ["second"]))
                .AddPrismGrains().AddPrismPipeline()
                .Configure<AttemptOptions>(options => options.MaxRetries = 0)
                .Configure<BreakerOptions>(options => options.ConsecutiveFailures = 2)
                .Configure<CacheOptions>(options => options.Enabled = true);
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        _go.TrySetResult();
        await _cluster.DisposeAsync();
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_stream_that_has_begun_ends_as_it_began_and_the_next_call_is_new()
    {
        using var prices = new PricesFile("""{"vendor":{"models":{"gpt-4o":{"input":1000000,"output":0}}}}""");
        _old.OnStream = (_, _) => InTwo("old ", "answer");
        _new.OnStream = (_, _) => Play(Piece("new", ChatUsage.Of(3, 4)));
        await using var begun = Read();
        await begun.PieceAsync("old ");

        Publish(current => current with { Providers = With(_new), Prices = new(With(_new), new() { PricesFile = prices.Path }) });
        await using var next = Read("another prompt");

        await next.PieceAsync("new");
        Assert.Equal(3, (await next.NextAsync()).Completed!.CostUsd);
        _go.SetResult();
        await begun.PieceAsync("answer");
        Assert.Null((await begun.NextAsync()).Completed!.CostUsd);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_call_that_has_begun_falls_back_as_it_was_to_and_the_next_call_does_not()
    {
        _old.OnComplete = async (_, _) =>
        {
            await _go.Task;
            return Failure(ChatErrorKind.UpstreamServerError);
        };
        _new.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(ChatErrorKind.UpstreamServerError));
        _second.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer("instead"));
        var begun = CompleteAsync();
        await Until.TrueAsync("it is under way", () => Task.FromResult(_old.Received.Count == 1));

        Publish(current => current with { Providers = new("vendor", [_new, _second]) });
        var next = await CompleteAsync("another prompt");
        _go.SetResult();

        Assert.Equal(ChatErrorKind.UpstreamServerError, next.Error!.Kind);
        Assert.Equal("instead", (await begun).Response!.Choices.Single().Message!.Content);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_circuit_is_kept_by_the_name_of_its_provider()
    {
        _old.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(ChatErrorKind.UpstreamServerError));
        var fallbacks = Ask() with { Fallbacks = [] };
        Assert.NotNull((await CompleteAsync(fallbacks)).Error);
        Assert.NotNull((await CompleteAsync(fallbacks)).Error);

        Publish(current => current with { Providers = With(_new) });

        Assert.Equal(ChatErrorKind.UpstreamUnavailable, (await CompleteAsync(fallbacks)).Error!.Kind);
        Assert.Empty(_new.Received);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_quota_is_kept_by_the_name_of_its_provider()
    {
        for (var call = 0; call < 3; call++)
        {
            Assert.Null((await CompleteAsync($"prompt {call}")).Error);
        }

        Publish(current => current with { Providers = new("vendor", [_new]) });
        var outcomes = new List<ChatOutcome>();
        for (var call = 3; call < 6; call++)
        {
            outcomes.Add(await CompleteAsync($"prompt {call}"));
        }

        Assert.Equal([null, null, ChatErrorKind.RateLimited], outcomes.Select(outcome => outcome.Error?.Kind));
        Assert.Equal((3, 2), (_old.Received.Count, _new.Received.Count));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_provider_that_was_not_there_is_called_and_one_that_is_gone_is_not()
    {
        Publish(current => current with { Providers = new("third", [Create("third")]) });

        Assert.Equal("third", (await CompleteAsync()).Route!.Provider);
        Assert.Equal("provider_not_found", (await CompleteAsync(Ask() with { Provider = "vendor" })).Error!.Code);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_cache_that_is_off_is_not_asked()
    {
        Assert.Equal(ChatCacheResult.Miss, (await CompleteAsync()).Route!.Cache);
        await Until.TrueAsync("it is stored", async () => (await CompleteAsync()).Route!.Cache == ChatCacheResult.Hit);

        Publish(current => current with { Cache = new() { Enabled = false } });

        Assert.NotEqual(ChatCacheResult.Hit, (await CompleteAsync()).Route!.Cache);
        Assert.Equal(2, _old.Received.Count);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_owner_may_store_as_much_as_the_current_snapshot_says()
    {
        var templates = Get<IPromptTemplates>();
        Assert.Null((await templates.PutAsync("owner", "first", new() { Source = "x" })).Error);

        Publish(current => current with { Quotas = new() { Templates = 1 } });
        var refused = await templates.PutAsync("owner", "second", new() { Source = "x" });
        Publish(current => current with { Quotas = new() { Templates = 2 } });
        var stored = await templates.PutAsync("owner", "second", new() { Source = "x" });

        Assert.NotNull(refused.Error);
        Assert.Null(stored.Error);
    }

    private ProviderRegistry With(ScriptedProvider vendor) => new("vendor", [vendor, _second], ["second"]);

    private void Publish(Func<GatewaySnapshot, GatewaySnapshot> change)
    {
        var snapshots = Get<SnapshotSource>();
        snapshots.Publish(change(snapshots.Current));
    }

    private StreamReading Read(string prompt = "hello") => new(Get<IChatService>().StreamAsync(Ask(prompt), CancellationToken.None));

    private Task<ChatOutcome> CompleteAsync(string prompt = "hello") => CompleteAsync(Ask(prompt));

    private Task<ChatOutcome> CompleteAsync(ChatRequest request) => Get<IChatService>().CompleteAsync(request, CancellationToken.None);

    private T Get<T>()
        where T : notnull => _cluster.GetSiloServiceProvider(_cluster.Silos[0].SiloAddress).GetRequiredService<T>();

    private async IAsyncEnumerable<ChatStreamEvent> InTwo(string first, string second)
    {
        yield return Piece(first);
        await _go.Task;
        yield return Piece(second, ChatUsage.Of(3, 4));
    }
}
