using Microsoft.Extensions.Logging;
using Prism.Grains.Background;

namespace Prism.Grains.Keys;

/// <summary>
/// Checks a few times a second whether any API key has changed, so that requests need not check their own. It begins with the first lookup of a key:
/// without keys, it costs nothing.
/// </summary>
internal sealed class ApiKeyHeartbeat(ApiKeyStore store, TimeProvider time, ILogger<ApiKeyHeartbeat> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private string? _epoch;
    private long _freshUntil = long.MinValue;
    private int _running;

    /// <summary>Called when something has changed, before this silo is fresh again.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>Whether this silo knows of all changes.</summary>
    public bool IsFresh(long now) => now < Volatile.Read(ref _freshUntil);

    /// <summary>Begins, unless it has begun already.</summary>
    public void Start()
    {
        if (Volatile.Read(ref _running) == 0 && Interlocked.Exchange(ref _running, 1) == 0)
        {
            // Not in the turns of the grain that calls first.
            _ = new SurvivingLoop("Asking whether API keys have changed", ApiKeyLease.Heartbeat, AskAsync, time, logger).RunInBackground(_stop.Token);
        }
    }

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(ApiKeyHeartbeat), ServiceLifecycleStage.Active, _ => Task.CompletedTask, _ => _stop.CancelAsync());

    public void Dispose() => _stop.Dispose();

    // Until it succeeds again, each key is read for each use.
    private async Task AskAsync(CancellationToken stop)
    {
        var askedAt = time.GetTimestamp();
        Apply(await store.ReadEpochAsync().WaitAsync(ApiKeyLease.Life, time, stop), askedAt);
    }

    private void Apply(string? epoch, long askedAt)
    {
        if (epoch != _epoch)
        {
            _epoch = epoch;
            Changed();
        }

        // Counted from the call: later changes are not in the answer.
        Volatile.Write(ref _freshUntil, askedAt + (long)(ApiKeyLease.Life.TotalSeconds * time.TimestampFrequency));
    }
}
