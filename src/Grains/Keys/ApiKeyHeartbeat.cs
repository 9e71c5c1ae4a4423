using Microsoft.Extensions.Logging;

namespace Prism.Keys;

/// <summary>
/// Asks a few times a second whether any API key has changed, so that not each request has to ask about its own. Begins when the first is looked for:
/// where no keys are used, it costs nothing.
/// </summary>
internal sealed partial class ApiKeyHeartbeat(ApiKeyStore store, TimeProvider time, ILogger<ApiKeyHeartbeat> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private string? _epoch;
    private long _freshUntil = long.MinValue;
    private int _running;
    private bool _failing;

    /// <summary>Called when something has changed, before this silo is fresh again.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>Whether nothing has changed that this silo does not know of.</summary>
    public bool IsFresh(long now) => now < Volatile.Read(ref _freshUntil);

    /// <summary>Begins, unless it has.</summary>
    public void Start()
    {
        if (Volatile.Read(ref _running) == 0 && Interlocked.Exchange(ref _running, 1) == 0)
        {
            // Not in the turns of a grain that happens to be the first to ask.
            _ = Task.Run(RunAsync);
        }
    }

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(ApiKeyHeartbeat), ServiceLifecycleStage.Active, _ => Task.CompletedTask, _ => _stop.CancelAsync());

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var askedAt = time.GetTimestamp();
            try
            {
                Take(await store.ReadEpochAsync().WaitAsync(ApiKeyLease.Life, time), askedAt);
            }
            catch (Exception exception)
            {
                OnFailed(exception);
            }

            await Task.Delay(ApiKeyLease.Heartbeat, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Take(string? epoch, long askedAt)
    {
        if (epoch != _epoch)
        {
            _epoch = epoch;
            Changed();
        }

        _failing = false;
        // Counted from when it was asked for: what has changed since is not in the answer.
        Volatile.Write(ref _freshUntil, askedAt + (long)(ApiKeyLease.Life.TotalSeconds * time.TimestampFrequency));
    }

    private void OnFailed(Exception exception)
    {
        if (!_failing)
        {
            _failing = true;
            LogFailing(exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Whether API keys have changed cannot be asked: until it can, each of them is read for each use")]
    private partial void LogFailing(Exception exception);
}
