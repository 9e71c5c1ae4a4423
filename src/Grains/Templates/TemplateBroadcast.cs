using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;

namespace Prism.Templates;

/// <summary>
/// Tells every silo that a template has changed. A silo that cannot be told is waited for until it is dead or what it may hold has expired, so
/// that nobody renders the version before once this is over.
/// </summary>
internal sealed partial class TemplateBroadcast(
    IServiceProvider services, IClusterMembershipService membership, TimeProvider time, ILogger<TemplateBroadcast> logger)
    : GrainServiceClient<ITemplateCacheService>(services)
{
    /// <summary>Tells all silos that serve; to be called once the change is written.</summary>
    /// <param name="key">The grain key of the template.</param>
    public async Task ForgetEverywhereAsync(string key)
    {
        using var expired = new CancellationTokenSource(TemplateLease.Life, time);
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

        var serving = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping)
            .Select(member => member.SiloAddress);
        await Task.WhenAll(serving.Select(silo => ForgetAsync(silo, key, expired.Token)));
    }

    private async Task ForgetAsync(SiloAddress silo, string key, CancellationToken expired)
    {
        try
        {
            await GetGrainService(silo).ForgetAsync(key).WaitAsync(expired);
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
        catch (OperationCanceledException)
        {
            // Expired: what the silo was told before the change is over.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The silos could not be listed: a changed template is waited for until it has expired everywhere")]
    private partial void LogNotRefreshed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} could not be told that a template has changed")]
    private partial void LogNotTold(Exception exception, SiloAddress silo);
}
