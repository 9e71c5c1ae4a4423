using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;
using Orleans.TestingHost;
using Prism.Grains;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Keys;
using Prism.Grains.Storage;
using Prism.Pipeline;
using Prism.Providers;
using Prism.Tests.Chat;
using Prism.Tests.Cluster;
using Prometheus;

namespace Prism.Tests.Keys;

/// <summary>A key's limits over a cluster of silos, each of which has the whole pipeline.</summary>
public sealed class KeyLimitsTests
{
    private const int Limit = 40;

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_limit_holds_over_all_silos_together()
    {
        await using var cluster = await StartAsync(silos: 2);
        var hash = KeysCluster.HashOf("limited");
        var id = GrainKeys.ApiKey(hash);
        var grain = cluster.Client.GetGrain<IApiKeyGrain>(id);
        await grain.CreateAsync(new() { Name = "limited", RequestsPerMinute = Limit }, Convert.ToHexStringLower(hash));

        var outcomes = new List<ChatOutcome>();
        for (var i = 0; i < Limit; i++)
        {
            outcomes.AddRange(await Task.WhenAll(cluster.Silos.Select(
                silo => ServicesOf(cluster, silo).GetRequiredService<IChatService>().CompleteAsync(TestPipeline.Ask($"{i}") with { Owner = id }, CancellationToken.None))));
        }

        // What one silo holds while the other is refused is not used up; how much that is depends on who asks when.
        Assert.InRange(outcomes.Count(outcome => outcome.Error is null), Limit / 2, Limit);
        Assert.All(
            outcomes.Where(outcome => outcome.Error is not null), outcome => Assert.Equal(ChatErrorKind.RateLimited, outcome.Error!.Kind));
        var limit = Assert.Single((await grain.GetStatusAsync()).Limits);
        Assert.Equal((LimitKind.RequestsPerMinute, Limit), (limit.Kind, limit.Limit));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_a_key_has_spent_outlives_its_grain_and_the_leases()
    {
        await using var cluster = await StartAsync(silos: 1);
        var hash = KeysCluster.HashOf("spent");
        var id = GrainKeys.ApiKey(hash);
        var grain = cluster.Client.GetGrain<IApiKeyGrain>(id);
        await grain.CreateAsync(new() { Name = "spent", TokensPerMonth = 1_000_000 }, Convert.ToHexStringLower(hash));
        var services = ServicesOf(cluster, cluster.Silos[0]);
        var outcome = await services.GetRequiredService<IChatService>().CompleteAsync(TestPipeline.Ask() with { Owner = id }, CancellationToken.None);
        Assert.Null(outcome.Error);

        await services.GetRequiredService<KeyLeases>().Of(id, new() { TokensPerMonth = 1_000_000 }).ReturnAllAsync(CancellationToken.None);
        await cluster.DeactivateAsync(grain);

        var limit = Assert.Single((await grain.GetStatusAsync()).Limits);
        Assert.Equal((1_000_000 - outcome.Response!.Usage!.TotalTokens, 0), (limit.Remaining, limit.Outstanding));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_was_generated_before_a_failure_is_charged_before_the_client_reads_the_failure()
    {
        await using var cluster = await StartAsync(silos: 1);
        var hash = KeysCluster.HashOf("failing");
        var id = GrainKeys.ApiKey(hash);
        await cluster.Client.GetGrain<IApiKeyGrain>(id).CreateAsync(
            new() { Name = "failing", TokensPerMonth = 1_000_000 }, Convert.ToHexStringLower(hash));
        var services = ServicesOf(cluster, cluster.Silos[0]);
        ((ScriptedProvider)services.GetRequiredService<ProviderRegistry>().Default).OnStream = (_, _) => ScriptedProvider.Play(
            ScriptedProvider.Piece("one two three"), ScriptedProvider.Failure(ChatErrorKind.UpstreamBrokenOff));

        var failed = default(ChatError);
        await foreach (var streamEvent in services.GetRequiredService<IChatService>().StreamAsync(TestPipeline.Ask() with { Owner = id }, CancellationToken.None))
        {
            failed = streamEvent.Failed ?? failed;
        }

        Assert.InRange(Assert.Single(failed!.Limits!.Value).Remaining, 1_000_000 - 100, 1_000_000 - 4);
    }

    private static async Task<InProcessTestCluster> StartAsync(short silos)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSmallDirectoryCache();
            foreach (var name in StorageNames.All)
            {
                silo.AddMemoryGrainStorage(name);
            }

            silo.UseInMemoryReminderService();
            silo.Services.Replace(ServiceDescriptor.Singleton<IGrainStorageSerializer, GrainStateSerializer>())
                .AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()))
                .AddSingleton(new ProviderRegistry("vendor", [ScriptedProvider.Create("vendor", "gpt-4o")]))
                .AddPrismGrains().AddPrismPipeline();
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    private static IServiceProvider ServicesOf(InProcessTestCluster cluster, InProcessSiloHandle silo) =>
        cluster.GetSiloServiceProvider(silo.SiloAddress);
}
