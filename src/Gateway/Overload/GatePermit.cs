using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Gateway.Overload;

/// <summary>
/// A request's place among those that are worked on. It is given back as soon as there is nothing left to do but to wait for the client: one
/// that reads slowly keeps nobody out either.
/// </summary>
internal sealed class GatePermit(RateLimitLease lease, MemoryBudget memory, OverloadTelemetry telemetry) : IDisposable
{
    // The server's buffer, the provider's, and what is between them.
    private const long BytesOfSlowStream = 256 * 1024;

    private MemoryShare? _buffers;
    private int _released;

    /// <summary>The answer is ready, and only has to be taken.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            lease.Dispose();
            telemetry.OnEnded();
        }
    }

    /// <summary>The client of a stream is waited for. Its buffers count in the memory budget instead, if there is room for them.</summary>
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
