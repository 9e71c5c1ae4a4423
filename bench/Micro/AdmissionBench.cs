using Microsoft.Extensions.Logging.Abstractions;
using Prism.Limits;
using Prometheus;

namespace Prism.Bench;

/// <summary>Admission and settlement out of the lease that a silo holds. Target: below 200 ns, no allocation.</summary>
internal static class AdmissionBench
{
    private const int Operations = 2_000;

    private static readonly LimitSet All = new()
    {
        RequestsPerMinute = 1_000_000_000_000,
        TokensPerMinute = 1_000_000_000_000,
        TokensPerDay = 1_000_000_000_000,
        TokensPerMonth = 1_000_000_000_000,
        MaxConcurrency = 1_000_000,
    };

    public static async Task RunAsync()
    {
        foreach (var (name, limits) in new[]
        {
            ("no limit", LimitSet.None),
            ("requests per minute", new() { RequestsPerMinute = All.RequestsPerMinute }),
            ("all five limits", All),
        })
        {
            await using var holder = new LeaseHolder(
                "silo",
                limits,
                TimeSpan.Zero,
                new Plenty(),
                TimeProvider.System,
                new LimitTelemetry(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())).Of("p"),
                NullLogger.Instance,
                TaskScheduler.Default);
            (await holder.AdmitAsync(new(1_000), CancellationToken.None)).Reservation.Settle(0);
            Measure.Print($"admit and settle from a held lease, {name}", Operations, () => Cycle(holder));
            if (!limits.IsEmpty)
            {
                Measure.Print($"say how the limits stand, {name}", Operations, () => holder.GetStands());
            }
        }
    }

    private static void Cycle(LeaseHolder holder)
    {
        if (!holder.TryAdmit(new(1_000), out var reservation))
        {
            throw new InvalidOperationException("There is plenty, and it was not admitted.");
        }

        reservation.Settle(300);
    }

    /// <summary>A ledger that always has more.</summary>
    private sealed class Plenty : ILeaseSource
    {
        public Task<LeaseAnswer> AskAsync(LeaseAsk ask) => Task.FromResult(new LeaseAnswer
        {
            Sequence = ask.Sequence,
            Grants = [.. ask.Wants.Select(want => Grant(want.Kind))],
        });

        private static LeaseGrant Grant(LimitKind kind) => new()
        {
            Kind = kind,
            Amount = kind == LimitKind.Concurrency ? 100 : All.Of(kind)!.Value / 2,
            Block = 2,
            Life = TimeSpan.FromHours(1),
            Limit = All.Of(kind)!.Value,
            Remaining = All.Of(kind)!.Value,
        };
    }
}
