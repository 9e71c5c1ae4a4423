using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Prism.Cache;

/// <summary>
/// Reads the epoch when the silo has joined: not earlier, or a new epoch could miss it (see <see cref="CacheClearing"/>). Until it is read, requests
/// of this silo go upstream.
/// </summary>
internal sealed partial class CacheEpochReader(
    IOptions<CacheOptions> options, CacheEpoch epoch, IGrainFactory grains, TimeProvider time, ILogger<CacheEpochReader> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    // A silo starts without its storage too; then the reading goes on behind it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();

    public void Participate(ISiloLifecycle observer)
    {
        if (options.Value.Enabled)
        {
            observer.Subscribe(nameof(CacheEpochReader), ServiceLifecycleStage.Active, StartAsync, _ => _stop.CancelAsync());
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var reading = Task.Run(ReadAsync, cancellationToken);
        try
        {
            await reading.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogLate();
        }
    }

    private async Task ReadAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                epoch.Take(await grains.GetGrain<ICacheEpochGrain>(GrainKeys.CacheEpoch).GetAsync());
                return;
            }
            catch (Exception exception)
            {
                LogNotRead(exception);
            }

            await Task.Delay(RetryDelay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The silo starts without knowing the cache's epoch, so without the cache until it does")]
    private partial void LogLate();

    [LoggerMessage(LogLevel.Warning, "The cache's epoch could not be read; it is tried again")]
    private partial void LogNotRead(Exception exception);
}
