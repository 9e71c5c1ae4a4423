using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// Runs one <see cref="Ledger"/> over its storage. All asks that arrive during a write are decided together and share the next write; no answer is
/// sent before it is written. So a second activation, in a partition or after a freeze, cannot grant anything: the storage rejects its write. Not
/// thread-safe: called in the turns of its grain.
/// </summary>
internal sealed class LedgerHost(
    IPersistentState<LedgerState> storage, Func<LimitSet> limits, ILedgerCluster cluster, TimeProvider time, ILogger logger)
{
    private readonly FailureLog _writes = new("Writing a ledger", logger);
    private readonly FailureLog _reads = new("Reading a ledger again", logger);
    private readonly string _writer = Guid.NewGuid().ToString("N");
    private List<Waiter> _waiters = [];
    // The machine's calendar at the start, plus the time since: setting the clock does not move it.
    private readonly LedgerClock _calendar = new(time, time.GetUtcNow().ToUnixTimeMilliseconds());
    private LedgerClock _clock = new(time, 0);
    private LedgerState _state = new();
    private bool _serving;
    private Exception? _overtaken;

    /// <summary>Begins with the stored ledger. Called once its state has been read.</summary>
    public void Start() => TakeOver(storage.State);

    /// <summary>Answers an ask, once its grants are written.</summary>
    /// <exception cref="InconsistentStateException">Another activation has written since: this one must end.</exception>
    public Task<LeaseAnswer> AskAsync(LeaseAsk ask) => EnqueueAsync(new(ask, null));

    /// <summary>Throttles the provider: no silo calls it for this long.</summary>
    /// <exception cref="InconsistentStateException">Another activation has written since: this one must end.</exception>
    public Task ThrottleAsync(TimeSpan duration) => EnqueueAsync(new(null, (state, moment) => Ledger.Throttle(state, moment, duration)));

    /// <summary>Lets silos call the provider again, before the time that it has named.</summary>
    /// <exception cref="InconsistentStateException">Another activation has written since: this one must end.</exception>
    public Task LiftThrottleAsync() => EnqueueAsync(new(null, Ledger.LiftThrottle));

    /// <summary>The state of the limits.</summary>
    public LedgerStatus GetStatus()
    {
        var state = Ledger.Advance(_state, MomentFor([]));
        return new()
        {
            Limits = [.. limits().Kinds.Select(kind => StatusOf(state, kind))],
            HeldBackFor = TimeSpan.FromMilliseconds(Math.Max(0, state.HeldBackUntil - state.Now)),
            Silos = [.. state.Silos.Select(silo => silo.Silo).Order(StringComparer.Ordinal)],
            Leases = [.. state.Silos.OrderBy(silo => silo.Silo, StringComparer.Ordinal).Select(silo => LeaseOf(silo, limits().Kinds, state.Now))],
        };
    }

    private static SiloLeaseStatus LeaseOf(SiloLease silo, ImmutableArray<LimitKind> kinds, long now) => new()
    {
        Silo = silo.Silo,
        HeardAgo = TimeSpan.FromMilliseconds(now - silo.HeardAt),
        Holds = [.. kinds.Select(kind => new HeldCapacity(kind, HeldBy(silo, kind, now))).Where(held => held.Amount > 0)],
    };

    private static long HeldBy(SiloLease silo, LimitKind kind, long now) =>
        kind == LimitKind.Concurrency ? silo.Permits
        : kind.IsBudget() ? BudgetRules.Outstanding(silo, kind)
        : (silo.Answer?.Grants ?? [])
            .Where(grant => grant.Kind == kind && now - silo.HeardAt < grant.Life.TotalMilliseconds)
            .Sum(grant => grant.Amount);

    private LimitStatus StatusOf(LedgerState state, LimitKind kind)
    {
        var limit = limits().Of(kind)!.Value;
        var snapshot = new LimitSnapshot(state, kind, limit);
        return new()
        {
            Kind = kind,
            Limit = limit,
            Remaining = Math.Max(0, snapshot.Free),
            Outstanding = kind switch
            {
                LimitKind.Concurrency => state.Silos.Sum(silo => silo.Permits),
                _ when kind.IsBudget() => state.Silos.Sum(silo => BudgetRules.Outstanding(silo, kind)),
                _ => 0,
            },
            ResetAfter = snapshot.ResetAfter,
        };
    }

    private async Task<LeaseAnswer> EnqueueAsync(Waiter waiter)
    {
        if (_overtaken is not null)
        {
            throw _overtaken;
        }

        _waiters.Add(waiter);
        if (!_serving)
        {
            // Not awaited: the first caller must not wait for later ones. It cannot fail: its waiters get the failure.
            _ = ServeAsync();
        }

        return await waiter.Answer.Task;
    }

    private async Task ServeAsync()
    {
        _serving = true;
        while (_waiters.Count > 0)
        {
            var batch = _waiters;
            _waiters = [];
            try
            {
                var (next, answers, mustWrite) = Decide(batch);
                await CommitAsync(next, mustWrite);
                for (var i = 0; i < batch.Count; i++)
                {
                    batch[i].Answer.SetResult(answers[i]);
                }
            }
            catch (Exception exception)
            {
                await BackgroundCall.GuardAsync(() => RecoverAsync(exception), "Recovering a ledger", logger);
                batch.ForEach(waiter => waiter.Answer.TrySetException(exception));
            }
        }

        _serving = false;
    }

    private (LedgerState Next, LeaseAnswer[] Answers, bool MustWrite) Decide(List<Waiter> batch)
    {
        var (next, answers, mustWrite) = (_state, new LeaseAnswer[batch.Count], false);
        var moment = MomentFor(batch);
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Ask is { } ask)
            {
                var turn = Ledger.Apply(next, ask, limits(), moment);
                (next, answers[i], mustWrite) = (turn.Next, turn.Answer, mustWrite || turn.MustWrite);
            }
            else
            {
                (next, answers[i], mustWrite) = (batch[i].Change!(next, moment), new() { Sequence = 0 }, true);
            }
        }

        return (next, answers, mustWrite);
    }

    private async Task CommitAsync(LedgerState next, bool mustWrite)
    {
        if (mustWrite)
        {
            storage.State = next;
            await storage.WriteStateAsync();
            _writes.OnSucceeded();
        }

        _state = next;
    }

    // Whether a failed write has reached the storage is unknown. Only the storage has the valid state.
    private async Task RecoverAsync(Exception exception)
    {
        _writes.OnFailed(exception);
        if (exception is InconsistentStateException)
        {
            _overtaken = exception;
            return;
        }

        // Also for a storage that does not reset the state if it has none.
        storage.State = _state;
        try
        {
            await storage.ReadStateAsync();
            _reads.OnSucceeded();
            if (storage.State.Writer == _writer)
            {
                _state = storage.State;
            }
            else
            {
                TakeOver(storage.State);
            }
        }
        catch (Exception unreadable)
        {
            // The state in memory is the last one known to be written. If the failed write did reach the storage, the next write is rejected.
            _reads.OnFailed(unreadable);
        }
    }

    private void TakeOver(LedgerState stored)
    {
        _state = Ledger.Resume(stored, _calendar.Now, _writer);
        _clock = new(time, _state.Now);
    }

    private LedgerMoment MomentFor(List<Waiter> batch)
    {
        var now = Math.Max(_clock.Now, _state.Now);
        var dead = _state.Silos
            .Where(silo => cluster.IsDead(silo.Silo, TimeSpan.FromMilliseconds(now - silo.HeardAt)))
            .Select(silo => silo.Silo)
            .Concat(batch.Where(waiter => waiter.Ask is { } ask && cluster.IsDead(ask.Silo, TimeSpan.Zero)).Select(waiter => waiter.Ask!.Silo));
        return new(now, cluster.ActiveSilos, [.. dead]);
    }

    // Exactly one of the two.
    private sealed record Waiter(LeaseAsk? Ask, Func<LedgerState, LedgerMoment, LedgerState>? Change)
    {
        public TaskCompletionSource<LeaseAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
