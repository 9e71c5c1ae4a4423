using Microsoft.Extensions.Options;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.Storage;

/// <summary>
/// Calls grains for stored data, and waits no longer than a request may: a frozen storage, or a silo that is cut off from it, does not respond for a
/// long time. In memory that cannot happen, so there is no limit.
/// </summary>
internal sealed class StorageCalls(IClusterView cluster, IOptions<StorageOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest wait.</summary>
    public TimeSpan Patience => options.Value.Timeout;

    /// <summary>Makes a call.</summary>
    /// <param name="call">The call. Its token ends it with the wait.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    /// <exception cref="TimeoutException">The call took too long. It may still be carried out.</exception>
    public Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        AskAsync(call, Patience, cancellationToken);

    /// <summary>
    /// Makes a call that may be slow with a healthy storage too. It is abandoned once this silo knows that the storage is unavailable.
    /// </summary>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (cluster.GetStatus().Storage.Kind == StorageStatus.InMemory.Kind)
        {
            return await call(cancellationToken);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var began = time.GetTimestamp();
        var task = call(end.Token);
        // The result of an abandoned call is ignored.
        task.Ignore();
        while (true)
        {
            var left = patience - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !cluster.GetStatus().Storage.CanRead)
            {
                await end.CancelAsync();
                throw new TimeoutException("The storage did not respond in time.");
            }

            if (await IsOverAsync(task, left < Glance ? left : Glance, cancellationToken))
            {
                return await task;
            }
        }
    }

    private async Task<bool> IsOverAsync(Task task, TimeSpan wait, CancellationToken cancellationToken)
    {
        await task.WaitAsync(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return task.IsCompleted;
    }
}
