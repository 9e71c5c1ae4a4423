namespace Prism.Limits;

/// <summary>What one request takes of its limits: itself, a permit, and tokens.</summary>
/// <param name="Tokens">An upper bound of what prompt and answer will take.</param>
internal readonly record struct Charge(long Tokens)
{
    /// <summary>What it takes of one kind.</summary>
    public long Of(LimitKind kind) => kind switch
    {
        LimitKind.RequestsPerMinute or LimitKind.Concurrency => 1,
        LimitKind.TokensPerMinute or LimitKind.TokensPerDay or LimitKind.TokensPerMonth => Tokens,
        _ => 0,
    };
}

/// <summary>Why a request is not admitted.</summary>
/// <param name="Kind">What is in the way.</param>
/// <param name="RetryAfter">When it would be admitted, if nobody else takes what then is free. Null: never.</param>
/// <param name="Limit">The limit, where it is one of ours.</param>
internal readonly record struct LimitDenial(LimitKind Kind, TimeSpan? RetryAfter, long? Limit);

/// <summary>How an admission ended: with a reservation, or denied.</summary>
/// <param name="Reservation">To be settled.</param>
/// <param name="Denial">Why there is none.</param>
internal readonly record struct LeaseAdmission(LeaseReservation Reservation, LimitDenial? Denial);

/// <summary>
/// What an admitted request holds. May be copied, and settled by whoever comes first; the default value holds nothing and settles nothing.
/// </summary>
internal readonly struct LeaseReservation(LeaseHolder holder, int slot, int version)
{
    /// <summary>Gives the permit back, and charges what was used instead of what was reserved. A second time does nothing.</summary>
    public void Settle(long tokens) => holder?.Settle(slot, version, tokens);

    /// <summary>Gives the permit back; what was reserved stays charged. Does nothing where it is settled.</summary>
    public void Forfeit() => holder?.Settle(slot, version, tokens: null);

    /// <summary>Gives everything back, as if there had been no request. Does nothing where it is settled.</summary>
    public void Cancel() => holder?.Settle(slot, version, tokens: 0, sent: false);

    /// <summary>Whether it matters what was used.</summary>
    public bool CountsTokens => holder is { CountsTokens: true };
}
