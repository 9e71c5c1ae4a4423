using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// The requests that wait for the stock of one limit set, in the order in which they came. Not thread-safe: used under the lock of its
/// <see cref="LocalQuota"/>.
/// </summary>
internal sealed class WaitingLine
{
    // A longer line is not a queue but an outage.
    private const int MaxWaiters = 10_000;

    private readonly LinkedList<LeaseWaiter> _waiters = new();

    public bool IsEmpty => _waiters.Count == 0;

    public bool IsFull => _waiters.Count >= MaxWaiters;

    /// <summary>The charge of the request that is served next; null if none waits.</summary>
    public Charge? First => _waiters.First?.Value.Charge;

    /// <summary>The sum of the charges that wait.</summary>
    public LineSums Sum()
    {
        var sums = default(LineSums);
        foreach (var waiter in _waiters)
        {
            sums = sums.Plus(waiter.Charge);
        }

        return sums;
    }

    /// <summary>Adds a request at the end.</summary>
    public LinkedListNode<LeaseWaiter> Add(in Charge charge) => _waiters.AddLast(new LeaseWaiter(charge));

    /// <summary>Removes a request.</summary>
    /// <returns>False if it has its outcome already.</returns>
    public bool TryRemove(LinkedListNode<LeaseWaiter> waiter)
    {
        if (waiter.List is null)
        {
            return false;
        }

        _waiters.Remove(waiter);
        return true;
    }

    /// <summary>Admits the first request.</summary>
    public void AdmitFirst(LeaseReservation reservation)
    {
        var first = _waiters.First!.Value;
        _waiters.RemoveFirst();
        first.Complete(new(reservation, null));
    }

    /// <summary>Denies the requests whose denial is known.</summary>
    public void DenyKnown(DenialCache denials, long now, Func<LimitDenial, LeaseAdmission> deny)
    {
        for (var node = _waiters.First; node is not null;)
        {
            var (waiter, next) = (node.Value, node.Next);
            if (denials.Find(waiter.Charge, now) is { } denial)
            {
                _waiters.Remove(node);
                waiter.Complete(deny(denial));
            }

            node = next;
        }
    }

    /// <summary>Removes all requests. The caller completes them.</summary>
    public LeaseWaiter[] RemoveAll()
    {
        LeaseWaiter[] all = [.. _waiters];
        _waiters.Clear();
        return all;
    }
}

/// <summary>The sum of the charges that wait.</summary>
/// <param name="Requests">Their number.</param>
/// <param name="Amounts">Their tokens and money.</param>
internal readonly record struct LineSums(long Requests, Charge Amounts)
{
    public LineSums Plus(in Charge charge) => new(Requests + 1, new(Amounts.Tokens + charge.Tokens, Amounts.MicroUsd + charge.MicroUsd));

    public long Of(LimitKind kind) => kind == LimitKind.RequestsPerMinute ? Requests : Amounts.Of(kind);
}
