using System.Globalization;
using Microsoft.AspNetCore.Http;
using Prism.Gateway.Limits;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Errors;

/// <summary>Writes errors as responses.</summary>
internal static class ErrorWriter
{
    /// <summary>Responds with the error of a call.</summary>
    public static Task WriteErrorAsync(this HttpContext context, ChatError error)
    {
        if (error.RetryAfter is { } retryAfter)
        {
            // Rounded up: a client that retries exactly then must not be too early.
            var headers = context.Response.Headers;
            headers.RetryAfter = RoundUp(retryAfter.TotalSeconds);
            headers["retry-after-ms"] = RoundUp(retryAfter.TotalMilliseconds);
        }

        context.Response.SetRateLimits(error.Limits);
        return context.WriteErrorAsync(ChatErrorMapping.StatusOf(error), ChatErrorMapping.BodyOf(error).Error);
    }

    /// <summary>Responds with an error of the API itself, in the <see cref="IErrorFormat"/> of the request.</summary>
    public static Task WriteErrorAsync(this HttpContext context, int status, ApiError error)
    {
        context.Response.StatusCode = status;
        return context.GetErrorFormat().WriteAsync(context.Response, error);
    }

    private static string RoundUp(double duration) => Math.Ceiling(Math.Max(0, duration)).ToString("F0", CultureInfo.InvariantCulture);
}
