using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;
using Prometheus;

namespace Prism.Tests.Quotas;

/// <summary>Admission out of what a silo holds.</summary>
public sealed class LeaseFastPathTests
{
    private static readonly LimitSet Limits = new()
    {
        RequestsPerMinute = 1_000_000_000,
        TokensPerMinute = 1_000_000_000_000,
        TokensPerDay = 1_000_000_000_000,
        TokensPerMonth = 1_000_000_000_000,
        MaxConcurrency = 1_000,
    };

    [Fact]
    public async Task It_allocates_nothing()
    {
        await using var holder = await CreateAsync(new());
        Cycle(holder, 1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Cycle(holder, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Threads_that_admit_and_settle_at_once_lose_and_gain_nothing()
    {
        var plenty = new Plenty();
        await using var holder = await CreateAsync(plenty);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Cycle(holder, 20_000))));
        await holder.ReturnAllAsync(CancellationToken.None);

        Assert.Equal(0, holder.OpenReservations);
        Assert.Equal(4 * 20_000, plenty.Outstanding(LimitKind.RequestsPerMinute));
        Assert.Equal(4 * 20_000 * 300, plenty.Outstanding(LimitKind.TokensPerMinute));
        Assert.Equal(4 * 20_000 * 300, plenty.Spent(LimitKind.TokensPerDay));
        Assert.Equal(0, plenty.Outstanding(LimitKind.Concurrency));
    }

    private static void Cycle(LocalQuota holder, int times)
    {
        for (var i = 0; i < times; i++)
        {
            if (!holder.TryAdmit(new(1_000), out var reservation))
            {
                throw new InvalidOperationException("There is plenty, and it was not admitted.");
            }

            reservation.Settle(300);
            reservation.Settle(700);
            reservation.Forfeit();
        }
    }

    // With its first blocks, which nobody can spend in a test's time.
    private static async Task<LocalQuota> CreateAsync(Plenty plenty)
    {
        var telemetry = new LimitTelemetry(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        var holder = new LocalQuota(
            "s", Limits, TimeSpan.Zero, plenty, new StoppedTime(), telemetry.Of("p"), NullLogger.Instance, TaskScheduler.Default);
        var first = await holder.AdmitAsync(new(1_000), CancellationToken.None);
        Assert.Null(first.Denial);
        first.Reservation.Settle(0);
        plenty.Begin();
        return holder;
    }

    // Time stands still, so that nothing dies or is due while it is measured.
    private sealed class StoppedTime : TimeProvider
    {
        public override long GetTimestamp() => 1;

        public override System.Threading.ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A ledger that always has more, and keeps the books.</summary>
    private sealed class Plenty : ILeaseSource
    {
        private readonly Dictionary<LimitKind, (long Outstanding, long Spent)> _books = [];

        public void Begin()
        {
            lock (_books)
            {
                // The request that fetched the blocks.
                _books[LimitKind.RequestsPerMinute] = (_books[LimitKind.RequestsPerMinute].Outstanding - 1, 0);
            }
        }

        public long Outstanding(LimitKind kind) => _books[kind].Outstanding;

        public long Spent(LimitKind kind) => _books[kind].Spent;

        public Task<LeaseAnswer> AskAsync(LeaseAsk ask)
        {
            lock (_books)
            {
                foreach (var report in ask.Reports)
                {
                    var (outstanding, spent) = _books[report.Kind];
                    _books[report.Kind] = (outstanding - report.Returned, spent + report.Spent);
                }

                var grants = ask.Leaving ? [] : ask.Wants.Select(want => Grant(want.Kind)).ToImmutableArray();
                return Task.FromResult(new LeaseAnswer { Sequence = ask.Sequence, Grants = grants });
            }
        }

        private LeaseGrant Grant(LimitKind kind)
        {
            var amount = kind == LimitKind.Concurrency ? 100 : Limits.Of(kind)!.Value / 2;
            var (outstanding, spent) = _books.GetValueOrDefault(kind);
            _books[kind] = (outstanding + amount, spent);
            return new() { Kind = kind, Amount = amount, Block = 2, Life = TimeSpan.FromHours(1), Limit = Limits.Of(kind)!.Value, Remaining = Limits.Of(kind)!.Value };
        }
    }
}
