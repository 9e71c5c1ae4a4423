using Microsoft.AspNetCore.Http;
using Prism.Gateway.Errors;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using IDiagnosticContext = Serilog.IDiagnosticContext;

namespace Prism.Gateway.Overload;

/// <summary>
/// Refuses what is more than the <see cref="RequestGate"/> lets in, once its body is there and before it is read. Only <c>/v1</c> goes through
/// it: who looks after an overloaded silo (probes, metrics, administration) is not kept out by those who overload it.
/// </summary>
internal sealed class OverloadMiddleware(
    RequestDelegate next, RequestGate gate, MemoryBudget memory, OverloadTelemetry telemetry, IDiagnosticContext log)
{
    // Long enough for some of what is under way to end; clients spread by their own jitter.
    private static readonly ChatError TooMany = new()
    {
        Kind = ChatErrorKind.Overloaded,
        Message = "Prism has more requests than it can work on. Try again in a moment.",
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    public Task InvokeAsync(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase) ? EnterAsync(context) : next(context);

    private async Task EnterAsync(HttpContext context)
    {
        var lease = await gate.TryEnterAsync(context.RequestAborted);
        if (lease is null)
        {
            log.Set("Error", "overloaded");
            await context.WriteErrorAsync(TooMany);
            return;
        }

        telemetry.OnAdmitted();
        using var permit = new GatePermit(lease, memory, telemetry);
        context.Features.Set(permit);
        await next(context);
    }
}
