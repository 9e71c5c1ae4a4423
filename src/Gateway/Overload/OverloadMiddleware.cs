using Microsoft.AspNetCore.Http;
using Prism.Gateway.Errors;
using Prism.Gateway.Logging;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Gateway.Overload;

/// <summary>
/// Rejects requests beyond what the <see cref="RequestGate"/> admits, once the body is received and before it is parsed. Every endpoint is
/// limited that does not declare <see cref="OverloadExtensions.WithoutLimits{TBuilder}"/>.
/// </summary>
internal sealed class OverloadMiddleware(RequestDelegate next, RequestGate gate, MemoryBudget memory, OverloadTelemetry telemetry)
{
    // Long enough for some of what is under way to end; clients spread by their own jitter.
    private static readonly ChatError TooMany = new()
    {
        Kind = ChatErrorKind.Overloaded,
        Message = "Prism has more requests than it can work on. Try again in a moment.",
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
