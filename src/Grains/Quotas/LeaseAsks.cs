using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// Decides when a silo asks the ledger, for what, and applies the answer to the stock, the denials and the line. Not thread-safe: used under the
/// lock of its <see cref="LocalQuota"/>.
/// </summary>
/// <param name="silo">The silo with its incarnation.</param>
/// <param name="stock">The stock.</param>
/// <param name="denial">The last denials.</param>
/// <param name="waiting">The line.</param>
/// <param name="queues">Whether the line is a queue, or only waits for the ledger's answer.</param>
/// <param name="serve">Serves the line after a change of the stock or the denials.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaseAsks(
    string silo, LeaseStock stock, DenialCache denial, WaitingLine waiting, bool queues, Action<long> serve, TimeProvider time)
{
    // The interval of reports on spending. The ledger counts a grant as spent already.
    private const int TicksPerReport = 20;

    // The interval of reports on returned capacity, which a crash would lose. Scarce limits report at each tick.
    private const int TicksPerReturn = 5;

    // Covers the failover of the ledger's silo, and its first call: a denial would be retried at once.
    private static readonly TimeSpan LedgerPatience = TimeSpan.FromSeconds(3);

    // Asking ahead of need may wait a little: otherwise a limit with little left would cause an ask at each request.
    private static readonly TimeSpan AheadInterval = TimeSpan.FromMilliseconds(250);

    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _aheadAt;
    private int _ticks;
    private bool _leaving;

    /// <summary>Whether the ledger has to learn of something at once.</summary>
    public bool IsReportDue { get; set; }

    /// <summary>Whether this silo gives everything back.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Completes when everything is given back.</summary>
    public Task Left => _left.Task;

    /// <summary>Whether requests wait for the ledger.</summary>
    public bool HasWaiters => !waiting.IsEmpty;

    /// <summary>The time before which the ledger would only repeat its denial.</summary>
    public long AskAgainAt => Math.Max(denial.AskAgainAt, denial.ThrottledUntil);

    /// <summary>Whether there is a reason to ask.</summary>
    public bool IsAskDue(long now)
    {
        if (IsClosed)
        {
            return MustLeave;
        }

        if (IsReportDue || stock.HasPermitReports)
        {
            return true;
        }

        if (now < denial.AskAgainAt || now < denial.ThrottledUntil)
        {
            return false;
        }

        return !waiting.IsEmpty || (now >= _aheadAt && stock.IsAnyLow(now));
    }

    /// <summary>Composes the next ask.</summary>
    public LeaseAsk Compose(long now, long sequence)
    {
        var first = denial.ThrottledUntil > now ? null : waiting.First;
        var (wants, reports) = stock.Compose(now, first, waiting.Sum(), IsClosed);
        _leaving = MustLeave;
        (IsReportDue, _aheadAt) = (false, now + (long)(AheadInterval.TotalSeconds * time.TimestampFrequency));
        return new()
        {
            Silo = silo,
            Sequence = sequence,
            Reports = reports,
            Wants = wants,
            Waiting = queues && !waiting.IsEmpty,
            Leaving = _leaving,
        };
    }

    /// <summary>Takes an answer.</summary>
    public void OnAnswer(LeaseAsk ask, LeaseAnswer answer, long askedAt, long now)
    {
        stock.OnReported();
        stock.Add(answer, askedAt, now);
        if (answer.HeldBackFor > TimeSpan.Zero)
        {
            denial.Throttle(answer.HeldBackFor, now);
        }
        else if (answer.DeniedBy is { } kind)
        {
            denial.Remember(kind, ask.Wants.FirstOrDefault(want => want.Kind == kind).Needed, answer.RetryAfter, now);
        }
        else if (ask.Wants.Any(want => want.Needed > 0))
        {
            denial.Forget();
        }

        if (ask.Leaving)
        {
            _left.TrySetResult();
        }

        serve(now);
    }

    /// <summary>An attempt has failed. The ask is repeated.</summary>
    /// <param name="waited">The time since the first attempt.</param>
    /// <param name="pause">The time until the next attempt.</param>
    /// <param name="now">The time.</param>
    public void OnUnanswered(TimeSpan waited, TimeSpan pause, long now)
    {
        if (waited >= LedgerPatience)
        {
            // The stock may be spent, and no more: the ledger's side is unknown.
            denial.Remember(LimitKind.Ledger, 0, pause, now);
        }

        serve(now);
    }

    /// <summary>Gives everything back.</summary>
    /// <param name="hasAsked">Whether there can be anything to give back.</param>
    public void Leave(bool hasAsked)
    {
        IsClosed = true;
        if (!hasAsked)
        {
            _left.SetResult();
        }
    }

    /// <summary>A second is over.</summary>
    public void OnTick(long now)
    {
        _ticks++;
        IsReportDue |= stock.Sweep(now, _ticks % TicksPerReport == 0, _ticks % TicksPerReturn == 0);
    }

    private bool MustLeave => IsClosed && !Left.IsCompleted && !_leaving;
}
