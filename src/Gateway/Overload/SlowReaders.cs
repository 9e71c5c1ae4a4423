using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Prism.Grains.Interfaces.Memory;
using Prism.Pipeline;

namespace Prism.Gateway.Overload;

/// <summary>Bounds the memory of whole answers that slow clients are still reading.</summary>
internal static class SlowReaders
{
    // The answer as text, and as the objects that it was serialised from.
    private const int BytesPerByte = 3;

    // For answers beyond their part of the memory budget.
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Waits for the client as long as a client may take to send a body, or only a moment if too much memory waits for clients already. Then the
    /// client is disconnected.
    /// </summary>
    public static async Task WaitAsync(HttpContext context, long length, Task written)
    {
        var services = context.RequestServices;
        using var share = services.GetRequiredService<MemoryBudget>().Open(isKept: true);
        var hasRoom = share.TryHold(length * BytesPerByte);
        // The memory is in use already, so it counts in any case.
        share.Hold(length * BytesPerByte);
        var patience = hasRoom ? services.GetRequiredService<ISnapshotSource>().Current.Overload.BodyTimeout : ShortPatience;
        await using var timer = services.GetRequiredService<TimeProvider>().CreateTimer(
            _ => LetGo(context), null, patience, Timeout.InfiniteTimeSpan);
        await written;
    }

    private static void LetGo(HttpContext context)
    {
        context.RequestServices.GetRequiredService<OverloadTelemetry>().OnStalled();
        context.Abort();
    }
}
