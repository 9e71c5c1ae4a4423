using Orleans.Clustering.Redis;
using Prism.Grains.Background;
using Prism.Grains.Cluster;

namespace Prism.Silo.Cluster;

/// <summary>
/// Ends a silo whose row is gone from the membership table (Redis was emptied, or came back empty). The other silos still reach it, but new silos do
/// not learn of it, and its death could not be declared. While its row may only be late, the silo is not ready.
/// </summary>
internal sealed partial class OwnRowWatch(
    IMembershipTable table,
    IClusterMembershipService membership,
    ILocalSiloDetails self,
    IFatalErrorHandler end,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<OwnRowWatch> logger) : IHostedService, ISiloRow
{
    /// <summary>The consecutive reads without the row before the silo is not ready, and before it exits. A read that fails does not count.</summary>
    internal const int MissesUntilUnready = 2;

    /// <summary>See <see cref="MissesUntilUnready"/>.</summary>
    internal const int MissesUntilEnd = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private int _misses;

    public bool IsMissing => Volatile.Read(ref _misses) >= MissesUntilUnready;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Until the shutdown begins: a silo that leaves removes its row itself.
        _ = new SurvivingLoop("Reading this silo's row of the membership table", Interval, LookAsync, time, logger)
            .RunInBackground(lifetime.ApplicationStopping);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task LookAsync(CancellationToken stop)
    {
        // Before the silo is active, its row is not written or not read yet.
        if (membership.CurrentSnapshot.GetSiloStatus(self.SiloAddress) != SiloStatus.Active)
        {
            return;
        }

        Volatile.Write(ref _misses, await HasRowAsync(stop) ? 0 : _misses + 1);
        if (_misses == MissesUntilUnready)
        {
            LogMissing();
        }
        else if (_misses == MissesUntilEnd)
        {
            end.OnFatalException(this, "its row is missing in the membership table, as after Redis was emptied");
        }
    }

    private async Task<bool> HasRowAsync(CancellationToken stop)
    {
        try
        {
            return (await table.ReadRowAsync(self.SiloAddress, stop).WaitAsync(Patience, time, stop)).TryGet(self.SiloAddress) is not null;
        }
        catch (RedisClusteringException)
        {
            // Redis answered, and there is no table at all. All other exceptions are the Redis client's: the row could not be read.
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "The membership table has no row of this silo. The silo is not ready, and exits unless the row returns")]
    private partial void LogMissing();
}
