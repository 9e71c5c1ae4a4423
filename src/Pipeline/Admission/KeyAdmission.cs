using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Keys;
using Prism.Grains.Quotas;

namespace Prism.Pipeline.Admission;

/// <summary>
/// Checks a call against the permissions and limits of its API key. A call without a key passes: the gateway has admitted it, or a trusted client in
/// the cluster has made it. Costs no grain call if the key is in use and far from its limits.
/// </summary>
internal sealed class KeyAdmission(ApiKeyCopies keys, KeyLeases leases, KeyCharge charges, TimeProvider time)
{
    /// <summary>Admits a call.</summary>
    /// <returns>
    /// The call to make, with its reservation (to be disposed), or an error: <see cref="ChatErrorKind.PermissionDenied"/>,
    /// <see cref="ChatErrorKind.RateLimited"/>, <see cref="ChatErrorKind.QuotaExceeded"/>, <see cref="ChatErrorKind.RequestTooLarge"/>,
    /// <see cref="ChatErrorKind.Overloaded"/> if key or limits cannot be checked.
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller disconnected.</exception>
    public ValueTask<AdmittedKey> AdmitAsync(ChatCall call, CancellationToken cancellationToken)
    {
        if (call.Request.Owner is not { } owner || !GrainKeys.IsApiKey(owner))
        {
            return new(new AdmittedKey(call, null));
        }

        var finding = keys.FindAsync(owner, cancellationToken);
        return finding.IsCompletedSuccessfully
            ? AdmitAsync(call, finding.Result, cancellationToken)
            : AdmitLaterAsync(call, finding, cancellationToken);
    }

    private async ValueTask<AdmittedKey> AdmitLaterAsync(ChatCall call, ValueTask<LimitedKey> finding, CancellationToken cancellationToken) =>
        await AdmitAsync(call, await finding, cancellationToken);

    private ValueTask<AdmittedKey> AdmitAsync(ChatCall call, LimitedKey limited, CancellationToken cancellationToken)
    {
        if (limited.Finding.Key is not { } key)
        {
            return Refuse(call, limited.Finding.Error ?? ApiKeyErrors.NotGood);
        }

        if (KeyTargets.FindObstacle(key.Terms, call) is { } denied)
        {
            return Refuse(call, denied);
        }

        call = KeyTargets.WithAllowed(key.Terms, call);
        if (limited.Limits.IsEmpty)
        {
            return new(new AdmittedKey(call, null));
        }

        (call, var charge, var unbounded) = charges.Of(call, limited.Limits);
        if (unbounded is not null)
        {
            return Refuse(call, unbounded);
        }

        var quota = leases.Of(key.Id, limited.Limits);
        return quota.TryAdmit(charge, out var reservation)
            ? new(new AdmittedKey(call with { Reservation = new(quota, reservation) }, null))
            : WaitAsync(call, quota, charge, cancellationToken);
    }

    private async ValueTask<AdmittedKey> WaitAsync(ChatCall call, LocalQuota quota, Charge charge, CancellationToken cancellationToken)
    {
        var admission = await quota.AdmitAsync(charge, cancellationToken);
        return admission.Denial is { } denial
            ? new(call, LimitErrors.Of("this API key", charge, denial, time.GetUtcNow()) with { Limits = quota.GetSnapshots() })
            : new(call with { Reservation = new(quota, admission.Reservation) }, null);
    }

    private static ValueTask<AdmittedKey> Refuse(ChatCall call, ChatError error) => new(new AdmittedKey(call, error));
}

/// <summary>The outcome of the admission of a call by its key.</summary>
/// <param name="Call">The call to make.</param>
/// <param name="Error">The reason for the rejection; null if the call is admitted.</param>
internal readonly record struct AdmittedKey(ChatCall Call, ChatError? Error);
