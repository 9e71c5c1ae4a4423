namespace Prism.Grains.Quotas;

/// <summary>Returns a silo's leases when its shutdown begins, while it still can call grains.</summary>
internal static class LeaseReturn
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <returns>False: not all in time. The membership will report it to the ledgers.</returns>
    public static async Task<bool> ReturnAllAsync(this IEnumerable<LocalQuota> quotas, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(Timeout);
        try
        {
            await Task.WhenAll(quotas.Select(quota => quota.ReturnAllAsync(stop.Token)));
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
