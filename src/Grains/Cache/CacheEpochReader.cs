using Microsoft.Extensions.Logging;
using Prism.Grains.Background;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Settings;

namespace Prism.Grains.Cache;

/// <summary>
/// Reads the epoch when the silo has joined: not earlier, or a new epoch could miss it (see <see cref="CacheClearing"/>). Until it is read, requests
/// of this silo go upstream.
/// </summary>
internal sealed partial class CacheEpochReader(
    ISettings<CacheOptions> settings, CacheEpoch epoch, IGrainFactory grains, TimeProvider time, ILogger<CacheEpochReader> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    // A silo starts without its storage too; then the reading goes on behind it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    // Cancelled once it is read, or by the silo's stop.
    private readonly CancellationTokenSource _read = new();

    public void Participate(ISiloLifecycle observer)
    {
        if (settings.Current.Enabled)
        {
            observer.Subscribe(nameof(CacheEpochReader), ServiceLifecycleStage.Active, StartAsync, _ => _read.CancelAsync());
        }
    }

    public void Dispose() => _read.Dispose();

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var loop = new SurvivingLoop("Reading the epoch of the cache", RetryDelay, ReadAsync, time, logger);
        var reading = loop.RunInBackground(_read.Token);
        try
        {
            await reading.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogLate();
        }
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        epoch.Advance(await grains.GetGrain<ICacheEpochGrain>(GrainKeys.CacheEpoch).GetAsync().WaitAsync(stop));
        await _read.CancelAsync();
    }

    [LoggerMessage(LogLevel.Warning, "The silo starts without the cache, until it can read the cache's epoch")]
    private partial void LogLate();
}
