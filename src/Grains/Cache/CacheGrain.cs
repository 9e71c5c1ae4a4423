using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Storage;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.SharedCalls;

namespace Prism.Grains.Cache;

/// <summary>
/// One prompt's entry in the cache. The leader is in memory only: after the loss of a silo, a new activation looks for the call in progress. If it
/// does not find the call, the request leads a second one, which costs only money. The answer is in memory first and then written, so that no request
/// waits for the storage.
/// </summary>
[HashBasedPlacement]
internal sealed partial class CacheGrain(
    [PersistentState("entry", StorageNames.Cache)] IPersistentState<CacheState> storage,
    IClusterMembershipService membership,
    SharedCallLocator sharedCalls,
    CacheTelemetry telemetry,
    TimeProvider time,
    ILogger<CacheGrain> logger) : Grain, ICacheGrain
{
    private CacheEntry? _entry;
    private string? _lead;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Hold(storage.State?.Entry);
        _lead = _entry?.Expires > time.GetUtcNow() ? null : await sharedCalls.FindAsync(this.GetPrimaryKeyString());
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Hold(null);
        return Task.CompletedTask;
    }

    public Task<JoinAnswer> JoinAsync(JoinAsk ask)
    {
        var now = time.GetUtcNow();
        if (_entry is { } entry && !ask.Refresh && IsGood(entry, ask, now))
        {
            // Clocks differ: an answer that is not made yet is just made.
            return Task.FromResult(new JoinAnswer { Hit = entry, Age = Max(now - entry.Created, TimeSpan.Zero) });
        }

        if (ask.Alone)
        {
            return Task.FromResult(new JoinAnswer { SharedCall = ask.SharedCall });
        }

        if (ask.Refresh || _lead is null || _lead == ask.Lost || membership.HasLost(_lead))
        {
            _lead = ask.SharedCall;
        }

        return Task.FromResult(new JoinAnswer { SharedCall = _lead });
    }

    public async Task CompleteAsync(string shared, CacheEntry entry)
    {
        _lead = _lead == shared ? null : _lead;
        if (_entry is { } other && other.Asked > entry.Asked)
        {
            return;
        }

        Hold(entry);
        await WriteAsync(entry);
    }

    public Task ReleaseAsync(string shared)
    {
        _lead = _lead == shared ? null : _lead;
        EndIfUnused();
        return Task.CompletedTask;
    }

    public async Task EvictAsync(DateTimeOffset asked)
    {
        if (_entry is { } entry && entry.Asked <= asked)
        {
            Hold(null);
            await storage.ClearStateAsync();
        }

        EndIfUnused();
    }

    public async Task<DateTimeOffset?> ExpireAsync()
    {
        if (_entry is { } entry && entry.Expires > time.GetUtcNow())
        {
            return entry.Expires;
        }

        Hold(null);
        await storage.ClearStateAsync();
        EndIfUnused();
        return null;
    }

    // Prompts are without number: one that nothing is known of is not to stay in memory.
    private void EndIfUnused()
    {
        if (_entry is null && _lead is null)
        {
            DeactivateOnIdle();
        }
    }

    private async Task WriteAsync(CacheEntry entry)
    {
        try
        {
            storage.State = new() { Entry = entry };
            await storage.WriteStateAsync();
        }
        catch (InconsistentStateException exception)
        {
            // Another activation has written. The next activation reads the storage.
            LogOvertaken(exception);
            DeactivateOnIdle();
        }
        catch (Exception exception)
        {
            // It is still served, for as long as this activation lives.
            LogNotWritten(exception);
        }
    }

    private void Hold(CacheEntry? entry)
    {
        telemetry.OnHeld((entry is null ? 0 : 1) - (_entry is null ? 0 : 1));
        _entry = entry;
    }

    private static bool IsGood(CacheEntry entry, JoinAsk ask, DateTimeOffset now) =>
        now < entry.Expires && (ask.MaxAge is not { } maxAge || now - entry.Created <= maxAge);

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    [LoggerMessage(LogLevel.Warning, "A cached answer was written by another activation too")]
    private partial void LogOvertaken(Exception exception);

    [LoggerMessage(LogLevel.Warning, "An answer could not be written to the cache")]
    private partial void LogNotWritten(Exception exception);
}
