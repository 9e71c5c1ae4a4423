using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;

namespace Prism.Pipeline.Admission;

/// <summary>
/// Checks a call against the limits of its provider. Costs no grain call if there are no limits, and hardly any if they are far away.
/// </summary>
internal sealed class ProviderAdmission(ProviderLeases leases, TokenBound bounds, TimeProvider time)
{
    /// <summary>Admits a call.</summary>
    /// <returns>
    /// The call to send, which has an output cap if tokens are limited, with its reservation, to be settled and disposed. Or an error:
    /// <see cref="ChatErrorKind.RateLimited"/>, <see cref="ChatErrorKind.QuotaExceeded"/>, <see cref="ChatErrorKind.RequestTooLarge"/> if its tokens
    /// exceed a limit, <see cref="ChatErrorKind.Overloaded"/> if the limits cannot be checked.
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller disconnected while it waited.</exception>
    public ValueTask<AdmittedCall> AdmitAsync(ChatCall call, CancellationToken cancellationToken)
    {
        var options = call.Provider.Options;
        var quota = leases.Of(options.Name);
        var charge = default(Charge);
        if ((options.TokensPerMinute ?? options.TokensPerDay ?? options.TokensPerMonth) is not null)
        {
            call = call with { Request = OutputCaps.In(call.Request, options) };
            var extra = ExtraParameters.Of(call.Request, options.Type);
            if (extra.Refused is { } refused)
            {
                return new(new AdmittedCall(call, default, refused));
            }

            charge = new(bounds.Of(call.Provider, call.Request, extra, quota.ScarcestTokens).Total);
        }

        return quota.TryAdmit(charge, out var reservation)
            ? new(new AdmittedCall(WithLimits(call, quota), new(reservation), null))
            : WaitAsync(call, quota, charge, cancellationToken);
    }

    /// <summary>The target of a settled call, with the state of its limits: as after the reservation, or lower if the call used more.</summary>
    public AnswerInfo WithLimits(AnswerInfo target) =>
        target.Limits is { } reserved && leases.Of(target.Provider) is var quota && quota.IsOutdated(reserved)
            ? target with { Limits = Lower(reserved, quota.GetSnapshots()) }
            : target;

    /// <summary>A provider failed a call. If it responded 429 with a time, the whole cluster sends it no calls until then.</summary>
    public void OnFailed(ChatCall call, ChatError error)
    {
        if (error is { Kind: ChatErrorKind.RateLimited or ChatErrorKind.QuotaExceeded, RetryAfter: { } wait } && wait > TimeSpan.Zero)
        {
            leases.OnThrottled(call.Provider.Options.Name, wait);
        }
    }

    private async ValueTask<AdmittedCall> WaitAsync(ChatCall call, LocalQuota quota, Charge charge, CancellationToken cancellationToken)
    {
        var admission = await quota.AdmitAsync(charge, cancellationToken);
        call = WithLimits(call, quota);
        return admission.Denial is { } denial
            ? new(call, default, LimitErrors.Of($"provider '{call.Provider.Options.Name}'", charge, denial, time.GetUtcNow()) with { Limits = call.Route.Limits })
            : new(call, new(admission.Reservation), null);
    }

    private static ImmutableArray<LimitStatus> Lower(ImmutableArray<LimitStatus> reserved, ImmutableArray<LimitStatus> now)
    {
        var lower = ImmutableArray.CreateBuilder<LimitStatus>(now.Length);
        foreach (var status in now)
        {
            lower.Add(Lower(reserved, status));
        }

        return lower.MoveToImmutable();
    }

    private static LimitStatus Lower(ImmutableArray<LimitStatus> reserved, LimitStatus now)
    {
        foreach (var before in reserved)
        {
            if (before.Kind == now.Kind && before.Remaining < now.Remaining)
            {
                return before;
            }
        }

        return now;
    }

    private static ChatCall WithLimits(ChatCall call, LocalQuota quota) =>
        quota.HasLimits ? call with { Route = call.Route with { Limits = quota.GetSnapshots() } } : call;
}

/// <summary>The outcome of the admission of a call by its provider's limits.</summary>
/// <param name="Call">The call to send, with the state of the limits in its route.</param>
/// <param name="Reservation">The call's reservation; meaningless if there is an error.</param>
/// <param name="Error">The reason for the rejection; null if the call is admitted.</param>
internal readonly record struct AdmittedCall(ChatCall Call, ProviderReservation Reservation, ChatError? Error);

/// <summary>
/// An admitted call's reservation of its provider's limits. The first call of one of its methods counts; later ones do nothing, also on copies.
/// </summary>
internal readonly struct ProviderReservation(LeaseReservation reservation) : IDisposable
{
    /// <summary>Charges the usage of a call, complete or not: the generated part is also charged if the client disconnected.</summary>
    public void Settle(ChatUsage usage) => reservation.Settle(Charge.TokensOf(usage));

    /// <summary>
    /// The call failed before any output. Nothing was used if the provider rejected it or was not reached. If the provider may have generated output,
    /// the usage is unknown, and the full reservation is charged.
    /// </summary>
    public void Settle(ChatError error)
    {
        if (error.Provider is null)
        {
            reservation.Cancel();
        }
        else if (error.Kind is ChatErrorKind.UpstreamFirstTokenTimeout or ChatErrorKind.UpstreamIdleTimeout
            or ChatErrorKind.UpstreamBrokenOff or ChatErrorKind.UpstreamInvalidResponse or ChatErrorKind.Overloaded)
        {
            reservation.Forfeit();
        }
        else
        {
            reservation.Settle(0);
        }
    }

    /// <summary>Charges the full reservation if it is not settled: the usage of the call is unknown.</summary>
    public void Dispose() => reservation.Forfeit();
}
