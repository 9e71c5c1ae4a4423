using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prism.Gateway.Storage;

namespace Prism.Gateway.Errors;

/// <summary>
/// Makes every error an error object: exceptions, and the empty answers of the server itself (404, 405, 415). Of an exception nothing is
/// told but that there was one.
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
            // The client left. There is nobody to tell but the log.
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
                // Too late for a status: a cut connection at least cannot be taken for a whole answer.
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

    // The server may notice later than who reads the body that the connection is gone.
    private static bool HasLeft(HttpContext context, Exception exception) =>
        exception is ConnectionResetException or ConnectionAbortedException or { InnerException: ConnectionResetException or ConnectionAbortedException }
        || (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException);

    private static ApiError Describe(HttpContext context, int status) => status switch
    {
        StatusCodes.Status404NotFound => new($"There is no {context.Request.Path}.", ApiError.InvalidRequest, null, "not_found"),
        StatusCodes.Status405MethodNotAllowed =>
            new($"{context.Request.Path} does not take {context.Request.Method}.", ApiError.InvalidRequest, null, "method_not_allowed"),
        StatusCodes.Status408RequestTimeout => new("The body came too slowly.", ApiError.InvalidRequest, null, "request_timeout"),
        StatusCodes.Status413PayloadTooLarge => new("The body is too large.", ApiError.InvalidRequest, null, "request_too_large"),
        StatusCodes.Status415UnsupportedMediaType =>
            new("The body must be JSON: send 'Content-Type: application/json'.", ApiError.InvalidRequest, null, "unsupported_media_type"),
        >= 500 => ChatErrorMapping.Internal,
        _ => new("The request could not be read.", ApiError.InvalidRequest, null, "bad_request"),
    };

    [LoggerMessage(LogLevel.Warning, "{Path} could not be answered: the storage, or the silo that has what it needs, is away ({Reason:l})")]
    private partial void LogNoStorage(PathString path, string reason);

    [LoggerMessage(LogLevel.Error, "{Path} failed")]
    private partial void LogUnhandled(Exception exception, PathString path);
}
