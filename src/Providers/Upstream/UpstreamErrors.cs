using System.Globalization;
using System.Net;
using System.Text.Json;
using Prism.Formats;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Upstream;

/// <summary>
/// Creates the errors for failed calls to one provider. Only this class decides which parts of a vendor's message a client may read.
/// </summary>
internal sealed class UpstreamErrors(ProviderOptions options) : IVendorFailures
{
    private const int MaxMessageLength = 1000;

    /// <summary>The error for a response with a failure status.</summary>
    /// <param name="response">The response.</param>
    /// <param name="body">The vendor's error object; null if there is none.</param>
    /// <param name="words">The other text of the body.</param>
    public ChatError FromStatus(HttpResponseMessage response, VendorError? body, string? words = null)
    {
        // A time of zero is no information.
        var retryAfter = RetryAfter.Read(response.Headers) is { Ticks: > 0 } asked ? asked : default(TimeSpan?);
        var error = response.StatusCode switch
        {
            HttpStatusCode.BadRequest => FromClientFault(ChatErrorKind.InvalidRequest, body),
            HttpStatusCode.NotFound => FromClientFault(ChatErrorKind.ModelNotFound, body),
            HttpStatusCode.RequestEntityTooLarge => FromClientFault(ChatErrorKind.RequestTooLarge, body),
            HttpStatusCode.UnprocessableEntity => FromClientFault(ChatErrorKind.Unprocessable, body),
            HttpStatusCode.PaymentRequired => QuotaExceeded(retryAfter),
            HttpStatusCode.TooManyRequests when IsQuota(body) => QuotaExceeded(retryAfter),
            HttpStatusCode.TooManyRequests => RateLimited(retryAfter),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => CredentialsRefused(),
            HttpStatusCode.RequestTimeout => Create(ChatErrorKind.UpstreamFirstTokenTimeout, "timed out", retryAfter),
            var status => Create(
                ChatErrorKind.UpstreamServerError,
                string.Create(CultureInfo.InvariantCulture, $"answered with HTTP status {(int)status}"),
                retryAfter),
        };
        return error with { UpstreamStatus = (int)response.StatusCode, Failure = WordsOf(body?.Message ?? words) };
    }

    /// <inheritdoc/>
    public ChatError FromEvent(ChatErrorKind kind, VendorError? body) => Translate(kind, body) with { Failure = WordsOf(body?.Message) };

    /// <summary>The error for an exchange that threw an exception.</summary>
    /// <returns>Null if the provider is not the cause: the caller disconnected first, or there is a bug.</returns>
    public ChatError? FromException(Exception exception, UpstreamExchange exchange) => Translate(exception, exchange) is { } error
        ? error with { Failure = exception is HttpRequestException or IOException ? WordsOf(exception.GetBaseException().Message) : null }
        : null;

    /// <summary>The error for an answer that differs from the vendor's documentation.</summary>
    public ChatError InvalidResponse() => Create(ChatErrorKind.UpstreamInvalidResponse, "sent an answer that could not be understood");

    /// <summary>The error for a stream that ended too early.</summary>
    public ChatError BrokenOff() => Create(ChatErrorKind.UpstreamBrokenOff, "broke off in the middle of its answer");

    private ChatError? Translate(Exception exception, UpstreamExchange exchange) => exception switch
    {
        OperationCanceledException when exchange.TimedOut => Timeout(exchange),
        // SocketsHttpHandler reports an expired ConnectTimeout like this.
        OperationCanceledException { InnerException: TimeoutException } =>
            Create(ChatErrorKind.UpstreamConnectTimeout, "did not accept a connection in time"),
        JsonException or InvalidDataException => InvalidResponse(),
        NoMemoryException => ChatError.MemoryFull with { Provider = options.Name },
        HttpRequestException or IOException when exchange.TimedOut => Timeout(exchange),
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } =>
            InvalidResponse(),
        HttpRequestException or IOException when exchange.Answered => BrokenOff(),
        HttpRequestException or IOException => Create(ChatErrorKind.UpstreamUnreachable, "could not be reached"),
        _ => null,
    };

    private ChatError Translate(ChatErrorKind kind, VendorError? body) => kind switch
    {
        ChatErrorKind.InvalidRequest or ChatErrorKind.ModelNotFound or ChatErrorKind.RequestTooLarge or ChatErrorKind.Unprocessable =>
            FromClientFault(kind, body),
        ChatErrorKind.RateLimited when IsQuota(body) => QuotaExceeded(null),
        ChatErrorKind.RateLimited => RateLimited(null),
        ChatErrorKind.QuotaExceeded => QuotaExceeded(null),
        ChatErrorKind.UpstreamCredentialsRefused => CredentialsRefused(),
        _ => Create(kind, "reported an error"),
    };

    // Unmasked: the caller of this class knows which texts to mask.
    private static UpstreamFailure? WordsOf(string? words) => string.IsNullOrWhiteSpace(words) ? null : new() { Message = words };

    private ChatError Timeout(UpstreamExchange exchange) => exchange.FirstTokenSeen
        ? Create(ChatErrorKind.UpstreamIdleTimeout, "fell silent in the middle of its answer")
        : Create(ChatErrorKind.UpstreamFirstTokenTimeout, "did not answer in time");

    private ChatError CredentialsRefused() =>
        Create(ChatErrorKind.UpstreamCredentialsRefused, "rejected the credentials that this service is configured with");

    private ChatError RateLimited(TimeSpan? retryAfter) =>
        Create(ChatErrorKind.RateLimited, "is rate limiting this service", retryAfter);

    private ChatError QuotaExceeded(TimeSpan? retryAfter) =>
        Create(ChatErrorKind.QuotaExceeded, "reports that this service's quota is used up", retryAfter);

    // The request is at fault: only here does the vendor's own message help the client, and only here does the client get it.
    private ChatError FromClientFault(ChatErrorKind kind, VendorError? body) => new()
    {
        Kind = kind,
        Message = Redact(body?.Message) ?? $"Provider '{options.Name}' rejected the request.",
        Param = Redact(body?.Param),
        Code = Redact(body?.Code),
        Provider = options.Name,
    };

    private ChatError Create(ChatErrorKind kind, string what, TimeSpan? retryAfter = null) =>
        new() { Kind = kind, Message = $"Provider '{options.Name}' {what}.", Provider = options.Name, RetryAfter = retryAfter };

    private static bool IsQuota(VendorError? body) => body is { Code: "insufficient_quota" } or { Type: "insufficient_quota" };

    // If a vendor's message quotes the key, the client must not see it.
    private string? Redact(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        text = KeyMask.Apply(text, options.Secrets);
        if (text.Length <= MaxMessageLength)
        {
            return text;
        }

        // Half a surrogate pair cannot be written as JSON.
        return text[..(char.IsHighSurrogate(text[MaxMessageLength - 1]) ? MaxMessageLength - 1 : MaxMessageLength)];
    }
}
