using Microsoft.AspNetCore.Http;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Errors;

/// <summary>
/// The response for each kind of failure: the whole list. A kind that is not on it is an internal error without details.
/// </summary>
internal static class ChatErrorMapping
{
    /// <summary>The status. Clients retry 429 and 5xx, so these must be the failures for which a retry can help.</summary>
    public static int StatusOf(ChatError error) => error.Kind switch
    {
        ChatErrorKind.InvalidRequest => StatusCodes.Status400BadRequest,
        ChatErrorKind.PermissionDenied => StatusCodes.Status403Forbidden,
        ChatErrorKind.ModelNotFound or ChatErrorKind.NotFound => StatusCodes.Status404NotFound,
        ChatErrorKind.Conflict => StatusCodes.Status409Conflict,
        ChatErrorKind.RequestTooLarge => StatusCodes.Status413PayloadTooLarge,
        ChatErrorKind.Unprocessable => StatusCodes.Status422UnprocessableEntity,
        ChatErrorKind.RateLimited or ChatErrorKind.QuotaExceeded => StatusCodes.Status429TooManyRequests,
        ChatErrorKind.Overloaded or ChatErrorKind.UpstreamUnavailable => StatusCodes.Status503ServiceUnavailable,
        ChatErrorKind.UpstreamCredentialsRefused
            or ChatErrorKind.UpstreamServerError
            or ChatErrorKind.UpstreamUnreachable
            or ChatErrorKind.UpstreamInvalidResponse
            or ChatErrorKind.UpstreamBrokenOff => StatusCodes.Status502BadGateway,
        ChatErrorKind.UpstreamConnectTimeout
            or ChatErrorKind.UpstreamFirstTokenTimeout
            or ChatErrorKind.UpstreamIdleTimeout => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The error object.</summary>
    public static ApiErrorBody BodyOf(ChatError error) => new(error.Kind switch
    {
        ChatErrorKind.InvalidRequest
            or ChatErrorKind.RequestTooLarge
            or ChatErrorKind.Unprocessable
            or ChatErrorKind.NotFound
            or ChatErrorKind.Conflict =>
            new(error.Message, ApiError.InvalidRequest, error.Param, error.Code, error.Quota),
        ChatErrorKind.ModelNotFound => new(error.Message, ApiError.InvalidRequest, error.Param ?? "model", "model_not_found"),
        ChatErrorKind.PermissionDenied => new(error.Message, ApiError.InvalidRequest, error.Param, "permission_denied"),
        ChatErrorKind.RateLimited when error.Quota is { } quota => new(error.Message, "rate_limit_exceeded", error.Param, error.Code, quota),
        ChatErrorKind.RateLimited => new(error.Message, "rate_limit_exceeded", error.Param, "rate_limit_exceeded"),
        ChatErrorKind.QuotaExceeded => new(error.Message, "insufficient_quota", error.Param, "insufficient_quota"),
        ChatErrorKind.Overloaded => new(error.Message, ApiError.ServerError, null, error.Code is ChatError.Stopping or ChatError.NoStorage ? error.Code : "overloaded"),
        ChatErrorKind.UpstreamUnavailable => new(error.Message, ApiError.ServerError, null, "provider_unavailable"),
        ChatErrorKind.Internal => Internal,
        _ => new(error.Message, ApiError.ServerError, null, "upstream_error"),
    });

    /// <summary>The error for a bug.</summary>
    public static ApiError Internal { get; } = new("The server had an error.", ApiError.ServerError, null, "internal_error");
}
