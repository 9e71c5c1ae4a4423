using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Gateway.Overload;

/// <summary>Clients that take their time to read a whole answer: it stays in memory until they have it.</summary>
internal static class SlowReaders
{
    // The answer as text, and as the objects that the text was made of.
    private const int BytesPerByte = 3;

    // Where such answers fill their part of the memory already.
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Waits for the client, for as long as a client may take to send a body, and for a moment where too much memory waits for clients already.
    /// Then it is let go.
    /// </summary>
    public static async Task WaitAsync(HttpContext context, long length, Task written)
    {
        var services = context.RequestServices;
        using var share = services.GetRequiredService<MemoryBudget>().Open(isKept: true);
        var hasRoom = share.TryHold(length * BytesPerByte);
        // It is there already, so it counts in any case.
        share.Hold(length * BytesPerByte);
        var patience = hasRoom ? services.GetRequiredService<IOptions<OverloadOptions>>().Value.BodyTimeout : ShortPatience;
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
