using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Quotas;

namespace Prism.Pipeline.Admission;

/// <summary>
/// The pipeline's entry to the limits of providers: admits a call or says why not. Costs no grain call where there are no limits, and hardly
/// any where they are far away.
/// </summary>
internal sealed class ProviderAdmission(ProviderLeases leases, TokenBound bounds, TimeProvider time)
{
    /// <summary>Admits a call.</summary>
    /// <returns>
    /// The call as it is to be sent, which has an output cap where tokens are limited, with what it holds: to be settled and disposed. Or an
    /// error: <see cref="ChatErrorKind.RateLimited"/>, <see cref="ChatErrorKind.QuotaExceeded"/>, <see cref="ChatErrorKind.RequestTooLarge"/>
    /// where its tokens are more than a limit, <see cref="ChatErrorKind.Overloaded"/> where the limits cannot be checked.
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller left while it waited.</exception>
    public ValueTask<AdmittedCall> AdmitAsync(ChatCall call, CancellationToken cancellationToken)
    {
        var options = call.Provider.Options;
        var holder = leases.Of(options.Name);
        var charge = default(Charge);
        if ((options.TokensPerMinute ?? options.TokensPerDay ?? options.TokensPerMonth) is not null)
        {
            call = call with { Request = OutputCaps.In(call.Request, options) };
            if (ExtraParameters.Of(call.Request, options.Type).Refused is { } refused)
            {
                return new(new AdmittedCall(call, default, refused));
            }

            charge = new(bounds.Of(call, holder.ScarcestTokens).Total);
        }

        return holder.TryAdmit(charge, out var reservation)
            ? new(new AdmittedCall(WithLimits(call, holder), new(reservation), null))
            : WaitAsync(call, holder, charge, cancellationToken);
    }

    /// <summary>
    /// The call, once it is settled, with a route that says how the limits stand: as after its reservation, or with less where it took more.
    /// </summary>
    public ChatCall WithLimits(ChatCall call)
    {
        if (call.Route.Limits is not { } reserved)
        {
            return call;
        }

        var stands = leases.Of(call.Route.Provider).GetSnapshots().Select(
            stand => reserved.FirstOrDefault(before => before.Kind == stand.Kind) is { } before && before.Remaining < stand.Remaining ? before : stand);
        return call with { Route = call.Route with { Limits = [.. stands] } };
    }

    /// <summary>A provider failed a call. Where it answered 429 and named a time, the whole cluster leaves it alone until then.</summary>
    public void OnFailed(ChatCall call, ChatError error)
    {
        if (error is { Kind: ChatErrorKind.RateLimited or ChatErrorKind.QuotaExceeded, RetryAfter: { } wait } && wait > TimeSpan.Zero)
        {
            leases.OnThrottled(call.Provider.Options.Name, wait);
        }
    }

    private async ValueTask<AdmittedCall> WaitAsync(ChatCall call, LocalQuota holder, Charge charge, CancellationToken cancellationToken)
    {
        var admission = await holder.AdmitAsync(charge, cancellationToken);
        call = WithLimits(call, holder);
        return admission.Denial is { } denial
            ? new(call, default, LimitErrors.Of($"provider '{call.Provider.Options.Name}'", charge, denial, time.GetUtcNow()) with { Limits = call.Route.Limits })
            : new(call, new(admission.Reservation), null);
    }

    private static ChatCall WithLimits(ChatCall call, LocalQuota holder) =>
        holder.HasLimits ? call with { Route = call.Route with { Limits = holder.GetSnapshots() } } : call;
}

/// <summary>How the admission of a call ended.</summary>
/// <param name="Call">The call as it is to be sent, with a route that says how the limits stand.</param>
/// <param name="Reservation">What it holds; of no use where there is an error.</param>
/// <param name="Error">Why it may not be sent; null where it may.</param>
internal readonly record struct AdmittedCall(ChatCall Call, ProviderReservation Reservation, ChatError? Error);

/// <summary>
/// What an admitted call holds of its provider's limits. Whichever of its methods comes first counts; all after it do nothing, also on copies.
/// </summary>
internal readonly struct ProviderReservation(LeaseReservation reservation) : IDisposable
{
    /// <summary>The call took this, complete or not: also a client that left is charged for what was generated.</summary>
    public void Settle(ChatUsage usage) => reservation.Settle(Charge.TokensOf(usage));

    /// <summary>
    /// The call failed before there was anything of an answer. Nothing was used where the provider refused or was not reached; where it may
    /// have worked, nobody says for how long, so that is taken for the most.
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

    /// <summary>Charges all that was reserved, where it is not settled: it is not known what the call took, so it is taken for the most.</summary>
    public void Dispose() => reservation.Forfeit();
}
