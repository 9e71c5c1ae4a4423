using System.Globalization;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>The errors of requests that are not admitted.</summary>
internal static class LimitErrors
{
    /// <param name="whose">The owner of the limits: <c>provider 'openai'</c>.</param>
    /// <param name="charge">The charge of the request.</param>
    /// <param name="denial">The denial.</param>
    /// <param name="now">The time.</param>
    public static ChatError Of(string whose, Charge charge, LimitDenial denial, DateTimeOffset now)
    {
        var what = NameOf(denial);
        var (kind, message) = denial switch
        {
            { Kind: LimitKind.Upstream } => (ChatErrorKind.RateLimited, $"{char.ToUpperInvariant(whose[0])}{whose[1..]} is rate limiting this service."),
            { Kind: LimitKind.Ledger } => (ChatErrorKind.Overloaded, $"The limits of {whose} cannot be checked at the moment."),
            { RetryAfter: null, Kind: LimitKind.MicroUsdPerMonth } => (
                ChatErrorKind.RequestTooLarge,
                $"The request may cost {Usd(charge.MicroUsd)} with its answer, and {whose} is limited to {what}."),
            { RetryAfter: null } when charge.Of(denial.Kind) > 1 => (
                ChatErrorKind.RequestTooLarge,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The request may take {charge.Tokens} tokens with its answer, and {whose} is limited to {what}.")),
            { RetryAfter: { } wait } when denial.Kind.IsBudget() => (
                ChatErrorKind.QuotaExceeded,
                string.Create(
                    CultureInfo.InvariantCulture, $"The budget of {what} for {whose} is used up; it resets at {ToSecond(now + wait):s}Z.")),
            _ => (ChatErrorKind.RateLimited, $"The limit of {what} for {whose} is reached."),
        };
        return new() { Kind = kind, Message = message, RetryAfter = denial.RetryAfter };
    }

    private static DateTimeOffset ToSecond(DateTimeOffset at) => at.AddMilliseconds(500);

    private static string NameOf(LimitDenial denial) => denial.Kind == LimitKind.MicroUsdPerMonth
        ? $"{Usd(denial.Limit ?? 0)} per month (UTC)"
        : string.Create(CultureInfo.InvariantCulture, $"{denial.Limit} {denial.Kind switch
        {
            LimitKind.RequestsPerMinute => "requests per minute",
            LimitKind.TokensPerMinute => "tokens per minute",
            LimitKind.TokensPerDay => "tokens per day (UTC)",
            LimitKind.TokensPerMonth => "tokens per month (UTC)",
            _ => "concurrent requests",
        }}");

    private static string Usd(long microUsd) => string.Create(CultureInfo.InvariantCulture, $"{MicroUsd.ToUsd(microUsd):0.######} USD");
}
