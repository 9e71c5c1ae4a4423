using Microsoft.AspNetCore.Http;
using Prism.Gateway.Errors;
using Prism.Gateway.Logging;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Gateway.Overload;

/// <summary>
/// Rejects requests beyond the limit of the <see cref="RequestGate"/>, once the body is received and before it is parsed. Endpoints that declare <see
/// cref="OverloadExtensions.WithoutLimits{TBuilder}"/> are exempt.
/// </summary>
internal sealed class OverloadMiddleware(RequestDelegate next, RequestGate gate, MemoryBudget memory, OverloadTelemetry telemetry)
{
    // Long enough for some requests in progress to end. The jitter of clients spreads the retries.
    private static readonly ChatError TooMany = new()
    {
        Kind = ChatErrorKind.Overloaded,
        Message = "Prism has too many requests in progress. Please retry in a moment.",
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    public Task InvokeAsync(HttpContext context) =>
        IsLimited(context.GetEndpoint()) ? EnterAsync(context) : next(context);

    // A request without an endpoint is a 404, which costs nothing.
    private static bool IsLimited(Endpoint? endpoint) => endpoint is not null && endpoint.Metadata.GetMetadata<WithoutLimitsRule>() is null;

    private async Task EnterAsync(HttpContext context)
    {
        var lease = await gate.TryEnterAsync(context.RequestAborted);
        if (lease is null)
        {
            context.GetLog().Error = TooMany.Kind.ToWord();
            await context.WriteErrorAsync(TooMany);
            return;
        }

        telemetry.OnAdmitted();
        using var permit = new GatePermit(lease, memory, telemetry);
        context.Features.Set(permit);
        await next(context);
    }
}
