using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;
using Prometheus;

namespace Prism.Bench;

/// <summary>Admission and settlement out of the lease that a silo holds. Target: below 200 ns, no allocation.</summary>
public class AdmissionBench
{
    private static readonly LimitSet All = new()
    {
        RequestsPerMinute = 1_000_000_000_000,
        TokensPerMinute = 1_000_000_000_000,
        TokensPerDay = 1_000_000_000_000,
        TokensPerMonth = 1_000_000_000_000,
        MaxConcurrency = 1_000_000,
    };

    private LocalQuota _holder = null!;

    [Params("none", "requests", "all five")]
    public string Limits { get; set; } = "";

    [GlobalSetup]
    public async Task StartAsync()
    {
        var limits = Limits switch
        {
            "none" => LimitSet.None,
            "requests" => new() { RequestsPerMinute = All.RequestsPerMinute },
            _ => All,
        };
        _holder = new(
            "silo",
            limits,
            TimeSpan.Zero,
            new Plenty(),
            TimeProvider.System,
            new LimitTelemetry(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())).Of("p"),
            NullLogger.Instance,
            TaskScheduler.Default);
        (await _holder.AdmitAsync(new(1_000), CancellationToken.None)).Reservation.Settle(0);
    }

    [GlobalCleanup]
    public async Task StopAsync() => await _holder.DisposeAsync();

    [Benchmark(Description = "admit and settle from a held lease")]
    public void Admit()
    {
        if (!_holder.TryAdmit(new(1_000), out var reservation))
        {
            throw new InvalidOperationException("There is plenty, and it was not admitted.");
        }

        reservation.Settle(300);
    }

    [Benchmark(Description = "say how the limits stand")]
    public ImmutableArray<LimitStatus> Stands() => _holder.GetSnapshots();

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
