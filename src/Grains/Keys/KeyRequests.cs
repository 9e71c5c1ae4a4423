using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Quotas;

namespace Prism.Grains.Keys;

/// <summary>Admits requests other than chats, out of this silo's lease of their key's limits.</summary>
internal sealed class KeyRequests(ApiKeyCopies keys, KeyLeases leases, TimeProvider time) : IKeyRequests
{
    private static readonly Charge OneRequest = new(0, WithoutPermit: true);

    public async ValueTask<KeyRequest> AdmitAsync(string owner, CancellationToken cancellationToken)
    {
        if (!GrainKeys.IsApiKey(owner))
        {
            return default;
        }

        var limited = await keys.FindAsync(owner, cancellationToken);
        if (limited.Finding.Key is not { } key)
        {
            return new(limited.Finding.Error ?? ApiKeyErrors.NotGood);
        }

        if (limited.Limits.IsEmpty)
        {
            return default;
        }

        var quota = leases.Of(key.Id, limited.Limits);
        var admission = await quota.AdmitAsync(OneRequest, cancellationToken);
        return admission.Denial is { } denial
            ? new(LimitErrors.Of("this API key", OneRequest, denial, time.GetUtcNow()) with { Limits = quota.GetSnapshots() })
            : Settled(quota, admission.Reservation);
    }

    // The full charge is taken. Only a cancellation remains to be settled.
    private static KeyRequest Settled(LocalQuota quota, LeaseReservation reservation) =>
        new(null, quota.GetSnapshots(), reservation.Cancel);
}
