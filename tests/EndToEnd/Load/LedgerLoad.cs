using System.Collections.Concurrent;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Tests.Load;

/// <summary>
/// Asks a ledger for capacity without a pause, as silos do: each ask is repeated unchanged until it is acknowledged. So in the end the
/// ledger has to have given away exactly what was acknowledged: more means that something was done twice or told to nobody, less that
/// something was acknowledged and then lost.
/// </summary>
internal sealed class LedgerLoad : IAsyncDisposable
{
    private const int Askers = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // As silos do: who waits longer for a silo that has just died waits for nothing.
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(2);

    private readonly IProviderGrain _ledger;
    private readonly LimitKind _kind;
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly ConcurrentQueue<(TimeSpan At, long Granted)> _acknowledged = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _asking;
    private readonly ConcurrentQueue<string> _failures = new();

    /// <param name="ledger">A ledger with a budget of this kind, which nobody else asks.</param>
    /// <param name="kind">The kind.</param>
    public LedgerLoad(IProviderGrain ledger, LimitKind kind)
    {
        (_ledger, _kind) = (ledger, kind);
        // Incarnations of the future: those of the past are known to be dead.
        _asking = [.. Enumerable.Range(1, Askers).Select(number => AskAsync($"10.9.8.{number}:11111@2000000000"))];
    }

    /// <summary>The time since the load began.</summary>
    public TimeSpan Now => TimeProvider.System.GetElapsedTime(_began);

    /// <summary>The asks that failed and were repeated: when, and why.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>When asks were acknowledged.</summary>
    public IReadOnlyList<TimeSpan> Acknowledged => [.. _acknowledged.Select(one => one.At)];

    /// <summary>All that was granted and acknowledged.</summary>
    public long Granted => _acknowledged.Sum(one => one.Granted);

    /// <summary>The longest time between two acknowledgements.</summary>
    public TimeSpan LongestSilence => Acknowledged.Zip(Acknowledged.Skip(1), (before, after) => after - before).Max();

    /// <summary>Waits for an acknowledgement that is later than now.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> NextAsync(TimeSpan deadline)
    {
        var (count, from) = (_acknowledged.Count, Now);
        await Until.TrueAsync("the ledger acknowledges", deadline, () => Task.FromResult(_acknowledged.Count > count));
        return Now - from;
    }

    /// <summary>Asks no more, once all that is asked is acknowledged.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_asking);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AskAsync(string silo)
    {
        for (var sequence = 1L; !_stop.IsCancellationRequested; sequence++)
        {
            var ask = new LeaseAsk { Silo = silo, Sequence = sequence, Wants = [new(_kind, Needed: 10, Queued: 10, PerSecond: 0)] };
            var answer = await RepeatAsync(silo, ask);
            Assert.Null(answer.DeniedBy);
            _acknowledged.Enqueue((Now, answer.Grants.Single().Amount));
        }
    }

    private async Task<LeaseAnswer> RepeatAsync(string silo, LeaseAsk ask)
    {
        using var timer = new PeriodicTimer(Pause);
        var until = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await _ledger.AskAsync(ask, null).WaitAsync(AskTimeout);
            }
            catch (Exception exception) when (TimeProvider.System.GetElapsedTime(until) < TimeSpan.FromMinutes(1) && exception is not Xunit.Sdk.XunitException)
            {
                // Whatever it was: what is not acknowledged is asked again.
                _failures.Enqueue($"{Now.TotalSeconds:0.00} {silo} {exception.GetType().Name}: {exception.Message.Split('\n')[0]}");
                await timer.WaitForNextTickAsync();
            }
        }
    }
}
