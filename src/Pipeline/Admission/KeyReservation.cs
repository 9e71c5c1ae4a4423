using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Quotas;

namespace Prism.Pipeline.Admission;

/// <summary>
/// A call's reservation of its key's limits. It is open until neither its own request nor a shared call that other requests have joined can spend
/// from it. It is charged with the billed usage, or in full if the call was abandoned with unknown usage. It counts as a request in any case, unless
/// Prism itself rejected it.
/// </summary>
internal sealed class KeyReservation(LocalQuota quota, LeaseReservation reservation)
{
    private int _spenders;
    private long _tokens;
    private long _microUsd;
    private volatile bool _underWay;
    private volatile bool _refused;

    /// <summary>Opens the reservation for one spender, until the returned object is disposed. The last spender settles it.</summary>
    public IDisposable Open()
    {
        Interlocked.Increment(ref _spenders);
        return new Spender(this);
    }

    /// <summary>A provider is called.</summary>
    public void OnCalled() => _underWay = true;

    /// <summary>Charges the usage of an answer, complete or not.</summary>
    public void Charge(ChatUsage usage)
    {
        _underWay = false;
        Interlocked.Add(ref _tokens, Grains.Quotas.Charge.TokensOf(usage));
        Interlocked.Add(ref _microUsd, MicroUsd.Of(usage.CostUsd ?? 0));
    }

    /// <summary>The request has its answer, or its failure. A failure without a provider is Prism's own rejection.</summary>
    public void OnEnded(ChatError? error) => (_underWay, _refused) = (false, error is { Provider: null });

    /// <summary>The head of an answer, with the current state of the key's limits.</summary>
    public AnswerInfo WithLimits(AnswerInfo info) => info with { Limits = quota.GetSnapshots(info.Limits) };

    /// <summary>An error, with the current state of the key's limits.</summary>
    public ChatError WithLimits(ChatError error) => error with { Limits = quota.GetSnapshots(error.Limits) };

    private void Close()
    {
        if (Interlocked.Decrement(ref _spenders) > 0)
        {
            return;
        }

        if (_underWay)
        {
            reservation.Forfeit();
        }
        else if (_refused && _tokens == 0)
        {
            reservation.Cancel();
        }
        else
        {
            reservation.Settle(_tokens, _microUsd);
        }
    }

    private sealed class Spender(KeyReservation reservation) : IDisposable
    {
        private int _closed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0)
            {
                reservation.Close();
            }
        }
    }
}
