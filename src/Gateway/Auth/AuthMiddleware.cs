using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prism.Gateway.Errors;
using Prism.Gateway.Logging;

namespace Prism.Gateway.Auth;

/// <summary>
/// Lets a request through to its endpoint if its caller may call it. Denies by default: an endpoint without a declared access is closed, and unknown
/// paths look closed to callers without a key.
/// </summary>
internal sealed partial class AuthMiddleware(RequestDelegate next, Authenticator authenticator, ILogger<AuthMiddleware> logger)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (Access.Of(context) is not { } access)
        {
            LogUndeclared(context.Request.Path);
            return context.WriteErrorAsync(StatusCodes.Status403Forbidden, AuthErrors.Denied("This endpoint is not available."));
        }

        if (access.Level == AccessLevel.Open)
        {
            return next(context);
        }

        if (authenticator.IsOn)
        {
            return AuthenticateAsync(context, access);
        }

        context.GetLog().Caller = "anybody";
        return next(context);
    }

    private Task AuthenticateAsync(HttpContext context, Access access)
    {
        if (Credentials.Find(context.Request, access.InBrowser) is not { } key)
        {
            return RefuseAsync(context, access, AuthErrors.Missing);
        }

        var authentication = authenticator.AuthenticateAsync(key.Span, context.RequestAborted);
        return authentication.IsCompletedSuccessfully
            ? ContinueAsync(context, access, authentication.Result)
            : ContinueLaterAsync(context, access, authentication);
    }

    private async Task ContinueLaterAsync(HttpContext context, Access access, ValueTask<Authentication> authentication) =>
        await ContinueAsync(context, access, await authentication);

    private Task ContinueAsync(HttpContext context, Access access, Authentication authentication)
    {
        if (authentication.Caller is not { } caller)
        {
            return authentication.Error is { } error ? context.WriteErrorAsync(error) : RefuseAsync(context, access, AuthErrors.Invalid);
        }

        context.GetLog().Caller = caller.Name;
        if (caller.FindObstacle(access) is { } obstacle)
        {
            return context.WriteErrorAsync(StatusCodes.Status403Forbidden, AuthErrors.Denied(obstacle));
        }

        context.Features.Set(caller);
        return next(context);
    }

    private static Task RefuseAsync(HttpContext context, Access access, ApiError error)
    {
        AuthErrors.Challenge(context.Response, access, isWrong: error != AuthErrors.Missing);
        return context.WriteErrorAsync(StatusCodes.Status401Unauthorized, error);
    }

    [LoggerMessage(LogLevel.Error, "{Path} does not declare its access, so it is closed")]
    private partial void LogUndeclared(PathString path);
}
