using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>The charge of one request to its limits: the request itself, a permit, tokens, and money.</summary>
/// <param name="Tokens">The tokens of prompt and answer, or an upper bound.</param>
/// <param name="MicroUsd">Their cost, in millionths of a USD, or an upper bound.</param>
/// <param name="WithoutPermit">Whether it does not count as a concurrent request.</param>
internal readonly record struct Charge(long Tokens, long MicroUsd = 0, bool WithoutPermit = false)
{
    /// <summary>The tokens of an answer, with its prompt. Some servers report the parts and no total.</summary>
    public static long TokensOf(ChatUsage usage) =>
        Math.Max(0, Math.Max(usage.TotalTokens, (long)usage.PromptTokens + usage.CompletionTokens));

    /// <summary>The charge to one kind of limit.</summary>
    public long Of(LimitKind kind) => kind switch
    {
        LimitKind.RequestsPerMinute => 1,
        LimitKind.Concurrency => WithoutPermit ? 0 : 1,
        LimitKind.TokensPerMinute or LimitKind.TokensPerDay or LimitKind.TokensPerMonth => Tokens,
        LimitKind.MicroUsdPerMonth => MicroUsd,
        _ => 0,
    };
}

/// <summary>The reason that a request is not admitted.</summary>
/// <param name="Kind">The limit that denies it.</param>
/// <param name="RetryAfter">The time until it would be admitted, if no other request takes the free capacity. Null: never.</param>
/// <param name="Limit">The limit; null if it is the provider's own.</param>
internal readonly record struct LimitDenial(LimitKind Kind, TimeSpan? RetryAfter, long? Limit);

/// <summary>The outcome of an admission: a reservation, or a denial.</summary>
/// <param name="Reservation">To be settled.</param>
/// <param name="Denial">The reason that there is none.</param>
internal readonly record struct LeaseAdmission(LeaseReservation Reservation, LimitDenial? Denial);

/// <summary>
/// The reservation of an admitted request. May be copied; the first settlement counts. The default value holds nothing and settles nothing.
/// </summary>
internal readonly struct LeaseReservation(LocalQuota quota, int slot, int version)
{
    /// <summary>Gives the permit back, and charges the used amounts instead of the reserved ones. A second call does nothing.</summary>
    public void Settle(long tokens, long microUsd = 0) => quota?.Settle(slot, version, new Charge(tokens, microUsd));

    /// <summary>Gives the permit back. The reserved amounts stay charged. Does nothing if it is settled.</summary>
    public void Forfeit() => quota?.Settle(slot, version, used: null);

    /// <summary>Gives everything back, as if there had been no request. Does nothing if it is settled.</summary>
    public void Cancel() => quota?.Settle(slot, version, default(Charge), sent: false);
}
