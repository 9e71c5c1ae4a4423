using Microsoft.Extensions.Logging;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Settings;

namespace Prism.Grains.Cache;

/// <summary>
/// Clears the cache: it writes a new epoch and notifies every silo. A silo that is starting is either in the membership table that is read after the
/// write, and is notified too, or it reads the epoch after the write itself (<see cref="CacheEpochReader"/>).
/// </summary>
internal sealed partial class CacheClearing(
    ISettings<CacheOptions> settings,
    CacheEpoch epoch,
    IGrainFactory grains,
    IClusterMembershipService membership,
    ILocalSiloDetails self,
    TimeProvider time,
    ILogger<CacheClearing> logger) : IResponseCache
{
    // Longer than it takes to find out that a silo is dead.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    public bool IsEnabled => settings.Current.Enabled;

    public async Task<ChatError?> ClearAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var next = await grains.GetGrain<ICacheEpochGrain>(GrainKeys.CacheEpoch).AdvanceAsync(epoch.Value ?? 0).WaitAsync(stop.Token);
            epoch.Advance(next);
            await membership.Refresh(default, stop.Token);
            await Task.WhenAll(membership.CurrentSnapshot.Members.Keys
                .Where(silo => !silo.Equals(self.SiloAddress))
                .Select(silo => ReportAsync(silo, next, stop.Token)));
            LogCleared(next);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotCleared(exception);
            return NotCleared;
        }
    }

    private static ChatError NotCleared => new()
    {
        Kind = ChatErrorKind.Overloaded,
        Message = "The cache could not be cleared on every silo: its storage or a silo cannot be reached. Please retry.",
    };

    // Until the silo has received it, or is dead and serves no requests.
    private async Task ReportAsync(SiloAddress silo, long next, CancellationToken cancellationToken)
    {
        while (membership.CurrentSnapshot.GetSiloStatus(silo) is not (SiloStatus.Dead or SiloStatus.None))
        {
            try
            {
                if (await grains.GetGrain<ICacheNodeGrain>(GrainKeys.CacheNode(silo)).TakeEpochAsync(next).WaitAsync(cancellationToken))
                {
                    return;
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotTold(exception, silo);
            }

            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "The cache is cleared; its epoch is {Epoch}")]
    private partial void LogCleared(long epoch);

    [LoggerMessage(LogLevel.Warning, "The cache could not be cleared")]
    private partial void LogNotCleared(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} could not be notified that the cache is cleared; this is retried")]
    private partial void LogNotTold(Exception exception, SiloAddress silo);
}
