using Prism.Grains.Interfaces.Usage;

namespace Prism.Tests.Usage;

public sealed class UsageGrainTests
{
    private static readonly UsageSums One = new() { Requests = 1, InputTokens = 10, CostUsd = 0.25m };

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Reports_of_all_silos_add_up_and_outlive_the_activation()
    {
        await using var cluster = await UsageCluster.StartAsync(silos: 2);
        for (var silo = 0; silo < 2; silo++)
        {
            cluster.Book(silo).Add("team/a", UsageCluster.Line, One);
            cluster.Book(silo).Add("b", UsageCluster.Line, One);
            await cluster.ReportAsync(silo);
        }

        await cluster.MoveAsync("team/a");
        cluster.Book(0).Add("team/a", UsageCluster.Line, One);
        await cluster.ReportAsync(0);

        Assert.Equal((3, 2), (await cluster.CountAsync("team/a"), await cluster.CountAsync("b")));
        Assert.Equal(["b", "team/a"], await cluster.OwnersAsync());
        var read = await cluster.Client.ReadAsync(new(2026, 1, 1), new(2026, 3, 1), CancellationToken.None).ToListAsync();
        Assert.Equal([("b", 0.5m), ("team/a", 0.75m)], read.Select(one => (one.Owner, one.Entry.Sums.CostUsd)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_report_whose_answer_is_lost_is_repeated_and_counts_once()
    {
        await using var cluster = await UsageCluster.StartAsync(silos: 1);
        cluster.Book(0).Add("a", UsageCluster.Line, One);
        cluster.Storage.OnNextWrite(commit =>
        {
            commit();
            throw new IOException("The answer is lost.");
        });

        await cluster.ReportAsync(0);
        Assert.False(cluster.Book(0).IsEmpty);
        cluster.Book(0).Add("a", UsageCluster.Line, One);
        await cluster.ReportAsync(0);
        await cluster.ReportAsync(0);

        Assert.True(cluster.Book(0).IsEmpty);
        Assert.Equal(2, await cluster.CountAsync("a"));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_cannot_be_written_waits()
    {
        await using var cluster = await UsageCluster.StartAsync(silos: 1);
        cluster.Book(0).Add("a", UsageCluster.Line, One);
        cluster.Storage.OnNextWrite(_ => throw new IOException("The storage is away."));

        await cluster.ReportAsync(0);
        Assert.Equal((false, 0), (cluster.Book(0).IsEmpty, await cluster.CountAsync("a")));
        await cluster.ReportAsync(0);

        Assert.Equal((true, 1), (cluster.Book(0).IsEmpty, await cluster.CountAsync("a")));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_silo_that_stops_reports_everything_first()
    {
        await using var cluster = await UsageCluster.StartAsync(silos: 2);
        for (var i = 0; i < 10; i++)
        {
            cluster.Book(1).Add($"owner-{i}", UsageCluster.Line, One);
        }

        cluster.UseLate(1, "late");
        await cluster.StopAsync(1);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(1, await cluster.CountAsync($"owner-{i}"));
        }

        Assert.Equal(1, await cluster.CountAsync("late"));
    }
}
