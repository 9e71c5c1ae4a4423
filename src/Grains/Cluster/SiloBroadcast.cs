using Microsoft.Extensions.Logging;

namespace Prism.Grains.Cluster;

/// <summary>
/// Notifies every silo of a change. If a silo cannot be notified, it waits until the silo is dead or its copies have expired. After that, no silo
/// uses the old state.
/// </summary>
internal sealed partial class SiloBroadcast(IClusterMembershipService membership, TimeProvider time, ILogger<SiloBroadcast> logger)
{
    /// <summary>Notifies all silos that serve. To be called once the change is written.</summary>
    /// <param name="tell">Notifies one silo.</param>
    /// <param name="life">How long a silo may use a copy without a renewal.</param>
    public async Task NotifyAllAsync(Func<SiloAddress, Task> tell, TimeSpan life)
    {
        using var expired = new CancellationTokenSource(life, time);
        try
        {
            // From the table: a silo that has just joined may be unknown here. A silo that joins later reads the change.
            await membership.Refresh(default, expired.Token);
        }
        catch (Exception exception)
        {
            LogNotRefreshed(exception);
            await Task.Delay(Timeout.InfiniteTimeSpan, expired.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        await Task.WhenAll(membership.CurrentSnapshot.Serving().Select(silo => ReportAsync(silo, tell, expired.Token)));
    }

    private async Task ReportAsync(SiloAddress silo, Func<SiloAddress, Task> tell, CancellationToken expired)
    {
        try
        {
            await tell(silo).WaitAsync(expired);
        }
        catch (Exception exception)
        {
            LogNotTold(exception, silo);
            await DeadOrExpiredAsync(silo, expired);
        }
    }

    private async Task DeadOrExpiredAsync(SiloAddress silo, CancellationToken expired)
    {
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(expired))
            {
                if (snapshot.GetSiloStatus(silo) == SiloStatus.Dead)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (!expired.IsCancellationRequested)
        {
            // Whether the silo is dead is unknown. Its copies expire.
            LogNotTold(exception, silo);
            await Task.Delay(Timeout.InfiniteTimeSpan, expired).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException)
        {
            // Expired: the silo no longer uses its old copies.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The silos could not be listed: a change waits until all old copies have expired")]
    private partial void LogNotRefreshed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} could not be notified of a change")]
    private partial void LogNotTold(Exception exception, SiloAddress silo);
}
