using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// The state of the limits in the whole cluster as far as a silo knows it: as of the ledger's last grants. Not thread-safe: used under the lock of a
/// <see cref="LocalQuota"/>.
/// </summary>
internal sealed class KnownLimits(TimeProvider time)
{
    private readonly Dictionary<LimitKind, (LeaseGrant Grant, long At)> _grants = [];

    /// <summary>The number of limits that have had a grant.</summary>
    public int Count => _grants.Count;

    /// <summary>The ledger has granted capacity, and reported the state of its limit.</summary>
    public void OnGranted(LeaseGrant grant, long now) => _grants[grant.Kind] = (grant, now);

    /// <summary>Whether little of a limit is left.</summary>
    public bool IsScarce(LimitKind kind) => _grants.TryGetValue(kind, out var last) && last.Grant.Remaining <= last.Grant.Limit / 4;

    /// <summary>The remaining capacity of a limit; zero before its first grant.</summary>
    /// <param name="kind">The limit.</param>
    /// <param name="held">The free capacity of this silo.</param>
    public long RemainingOf(LimitKind kind, long held) =>
        _grants.TryGetValue(kind, out var last) ? Math.Clamp(last.Grant.Remaining + held, 0, last.Grant.Limit) : 0;

    /// <summary>The state of a limit; null before its first grant.</summary>
    /// <param name="kind">The limit.</param>
    /// <param name="held">The free capacity of this silo.</param>
    /// <param name="now">The time.</param>
    public LimitStatus? StatusOf(LimitKind kind, long held, long now)
    {
        if (!_grants.TryGetValue(kind, out var last))
        {
            return null;
        }

        var left = last.Grant.ResetAfter - time.GetElapsedTime(last.At, now);
        return new()
        {
            Kind = kind,
            Limit = last.Grant.Limit,
            Remaining = RemainingOf(kind, held),
            ResetAfter = left > TimeSpan.Zero ? left : TimeSpan.Zero,
        };
    }
}
