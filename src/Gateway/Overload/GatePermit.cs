using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Gateway.Overload;

/// <summary>
/// A request's place among those that are processed. It is given back as soon as only the client is waited for, so a client that reads slowly does
/// not block others.
/// </summary>
internal sealed class GatePermit(RateLimitLease lease, MemoryBudget memory, OverloadTelemetry telemetry) : IDisposable
{
    // The buffers of the server and the provider, and what is between them.
    private const long BytesOfSlowStream = 256 * 1024;

    private MemoryShare? _buffers;
    private int _released;

    /// <summary>The response is complete, and the client only has to read it.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            lease.Dispose();
            telemetry.OnEnded();
        }
    }

    /// <summary>The stream waits for its client. Its buffers count in the memory budget instead, if there is room for them.</summary>
    public void Exchange()
    {
        if (_buffers is null && Volatile.Read(ref _released) == 0)
        {
            _buffers = memory.Open();
            if (_buffers.TryHold(BytesOfSlowStream))
            {
                Release();
            }
        }
    }

    public void Dispose()
    {
        Release();
        _buffers?.Dispose();
    }
}

/// <summary>Gives a request's place back before the request ends.</summary>
internal static class GatePermitExtensions
{
    /// <summary>See <see cref="GatePermit.Release"/>.</summary>
    public static void ReleasePermit(this HttpContext context) => context.Features.Get<GatePermit>()?.Release();

    /// <summary>See <see cref="GatePermit.Exchange"/>.</summary>
    public static void ExchangePermit(this HttpContext context) => context.Features.Get<GatePermit>()?.Exchange();
}
