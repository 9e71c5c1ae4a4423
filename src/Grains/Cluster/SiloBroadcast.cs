using Microsoft.Extensions.Logging;

namespace Prism.Grains.Cluster;

/// <summary>
/// Tells every silo of a change. A silo that cannot be told is waited for until it is dead or what it may hold has expired, so that nobody goes
/// by what was before once this is over.
/// </summary>
internal sealed partial class SiloBroadcast(IClusterMembershipService membership, TimeProvider time, ILogger<SiloBroadcast> logger)
{
    /// <summary>Tells all silos that serve; to be called once the change is written.</summary>
    /// <param name="tell">Tells one.</param>
    /// <param name="life">After how long a silo goes by nothing any more that it was not told again.</param>
    public async Task TellAllAsync(Func<SiloAddress, Task> tell, TimeSpan life)
    {
        using var expired = new CancellationTokenSource(life, time);
        try
        {
            // From the table: one that has just joined may not be known here yet. One that joins later asks after the change.
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
            // Whether it is dead cannot be known: only that what it may hold expires.
            LogNotTold(exception, silo);
            await Task.Delay(Timeout.InfiniteTimeSpan, expired).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException)
        {
            // Expired: what the silo was told before the change is over.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The silos could not be listed: a change is waited for until what was before has expired everywhere")]
    private partial void LogNotRefreshed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} could not be told of a change")]
    private partial void LogNotTold(Exception exception, SiloAddress silo);
}
