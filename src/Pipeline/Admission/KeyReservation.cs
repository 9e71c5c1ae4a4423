using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Quotas;

namespace Prism.Pipeline.Admission;

/// <summary>
/// What a call holds of its key's limits, until nobody can spend on it any more: neither its own request nor a shared call that others have joined. It is
/// charged with what is billed; with all that it holds where it was given up while nobody can say what it took. It was a request in any case, unless
/// Prism itself refused it.
/// </summary>
internal sealed class KeyReservation(LocalQuota holder, LeaseReservation reservation)
{
    private int _spenders;
    private long _tokens;
    private long _microUsd;
    private volatile bool _underWay;
    private volatile bool _refused;

    /// <summary>Lets one spend on it until what is returned is disposed. The last of them settles it.</summary>
    public IDisposable Open()
    {
        Interlocked.Increment(ref _spenders);
        return new Spender(this);
    }

    /// <summary>A provider is called.</summary>
    public void OnCalled() => _underWay = true;

    /// <summary>An answer, or what there was of it, took this.</summary>
    public void Charge(ChatUsage usage)
    {
        _underWay = false;
        Interlocked.Add(ref _tokens, Grains.Quotas.Charge.TokensOf(usage));
        Interlocked.Add(ref _microUsd, MicroUsd.Of(usage.CostUsd ?? 0));
    }

    /// <summary>The request has its answer, or its failure. Without a provider in it the failure is Prism's own refusal.</summary>
    public void OnEnded(ChatError? error) => (_underWay, _refused) = (false, error is { Provider: null });

    /// <summary>The head of an answer, with how the key's limits stand.</summary>
    public AnswerInfo WithLimits(AnswerInfo info) => info with { Limits = [.. info.Limits ?? [], .. holder.GetSnapshots()] };

    /// <summary>An error, with how the key's limits stand.</summary>
    public ChatError WithLimits(ChatError error) => error with { Limits = [.. error.Limits ?? [], .. holder.GetSnapshots()] };

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
