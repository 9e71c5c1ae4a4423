using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prism.Gateway.Storage;

namespace Prism.Gateway.Errors;

/// <summary>
/// Turns every error into an error object: exceptions, and the server's own empty responses (404, 405, 415). The client learns nothing about an
/// exception.
/// </summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (HasLeft(context, exception))
        {
            // The client has disconnected. Only the log is left.
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }

            return;
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await context.WriteErrorAsync(exception.StatusCode, Describe(context, exception.StatusCode));
            return;
        }
        catch (Exception exception) when (StorageFailure.Is(exception))
        {
            LogNoStorage(context.Request.Path, StorageFailure.Describe(exception));
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            await context.WriteErrorAsync(StorageErrors.NoAnswer);
            return;
        }
        catch (Exception exception)
        {
            LogUnhandled(exception, context.Request.Path);
            if (context.Response.HasStarted)
            {
                // Too late for a status. A cut connection cannot be mistaken for a complete response.
                context.Abort();
                return;
            }

            await context.WriteErrorAsync(StatusCodes.Status500InternalServerError, ChatErrorMapping.Internal);
            return;
        }

        var response = context.Response;
        if (response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
        {
            await context.WriteErrorAsync(response.StatusCode, Describe(context, response.StatusCode));
        }
    }

    // The reader of the body may notice a closed connection earlier than the server.
    private static bool HasLeft(HttpContext context, Exception exception) =>
        exception is ConnectionResetException or ConnectionAbortedException or { InnerException: ConnectionResetException or ConnectionAbortedException }
        || (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException);

    private static ApiError Describe(HttpContext context, int status) => status switch
    {
        StatusCodes.Status404NotFound => new($"Path {context.Request.Path} does not exist.", ApiError.InvalidRequest, null, "not_found"),
        StatusCodes.Status405MethodNotAllowed =>
            new($"Method {context.Request.Method} is not allowed for {context.Request.Path}.", ApiError.InvalidRequest, null, "method_not_allowed"),
        StatusCodes.Status408RequestTimeout => new("The body arrived too slowly.", ApiError.InvalidRequest, null, "request_timeout"),
        StatusCodes.Status413PayloadTooLarge => new("The body is too large.", ApiError.InvalidRequest, null, "request_too_large"),
        StatusCodes.Status415UnsupportedMediaType =>
            new("The body must be JSON: send 'Content-Type: application/json'.", ApiError.InvalidRequest, null, "unsupported_media_type"),
        >= 500 => ChatErrorMapping.Internal,
        _ => new("The request could not be read.", ApiError.InvalidRequest, null, "bad_request"),
    };

    [LoggerMessage(LogLevel.Warning, "{Path} failed: the storage or another silo is unavailable ({Reason:l})")]
    private partial void LogNoStorage(PathString path, string reason);

    [LoggerMessage(LogLevel.Error, "{Path} failed")]
    private partial void LogUnhandled(Exception exception, PathString path);
}
