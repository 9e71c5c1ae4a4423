using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Breakers;

/// <summary>Whether a failed call is worth a retry or a fallback.</summary>
internal static class FailureClassifier
{
    /// <summary>Whether a retry of the same request at the same provider may succeed.</summary>
    public static bool IsTransient(ChatError error) => error is { Provider: not null } and (
        {
            Kind: ChatErrorKind.UpstreamUnreachable or ChatErrorKind.UpstreamConnectTimeout or ChatErrorKind.UpstreamFirstTokenTimeout
            or ChatErrorKind.UpstreamBrokenOff or ChatErrorKind.RateLimited
        }
        or { Kind: ChatErrorKind.UpstreamServerError, UpstreamStatus: null or >= 500 }
        // The provider has another key, which can be used at once.
        or { Kind: ChatErrorKind.UpstreamCredentialsRefused or ChatErrorKind.QuotaExceeded, RetryAfter.Ticks: 0 });

    /// <summary>Whether a fallback may help: not if the request itself is at fault.</summary>
    public static bool IsOfProvider(ChatError error) => error.Kind is
        ChatErrorKind.RateLimited or ChatErrorKind.QuotaExceeded or ChatErrorKind.Overloaded or ChatErrorKind.UpstreamUnavailable
        or ChatErrorKind.UpstreamCredentialsRefused or ChatErrorKind.UpstreamServerError or ChatErrorKind.UpstreamUnreachable
        or ChatErrorKind.UpstreamInvalidResponse or ChatErrorKind.UpstreamBrokenOff or ChatErrorKind.UpstreamConnectTimeout
        or ChatErrorKind.UpstreamFirstTokenTimeout or ChatErrorKind.UpstreamIdleTimeout;

    /// <summary>Whether a call counts as a failure of the provider; null if it does not count.</summary>
    /// <param name="error">How it failed; null for an answer.</param>
    public static bool? IsProviderFailure(ChatError? error) => error switch
    {
        null => false,
        { Provider: null } => null,
        {
            Kind: ChatErrorKind.UpstreamUnreachable or ChatErrorKind.UpstreamConnectTimeout or ChatErrorKind.UpstreamFirstTokenTimeout
            or ChatErrorKind.UpstreamIdleTimeout or ChatErrorKind.UpstreamBrokenOff or ChatErrorKind.UpstreamInvalidResponse
        } => true,
        { Kind: ChatErrorKind.UpstreamServerError, UpstreamStatus: null or >= 500 } => true,
        // The provider enforces its rules, or the operator's account is not in order.
        {
            Kind: ChatErrorKind.UpstreamServerError or ChatErrorKind.RateLimited or ChatErrorKind.QuotaExceeded
            or ChatErrorKind.UpstreamCredentialsRefused or ChatErrorKind.Internal or ChatErrorKind.Overloaded
        } => null,
        _ => false,
    };

    /// <summary>Whether the provider has answered, even with a rejection: it may answer the same idempotency key with the same rejection again.</summary>
    public static bool IsAnswer(ChatError error) => error.UpstreamStatus is not null;
}
