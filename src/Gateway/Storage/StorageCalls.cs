using Microsoft.Extensions.Options;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.Storage;

/// <summary>
/// Asks grains for what they store, and waits for it no longer than a request may: a storage that is frozen, or a silo that is cut off from it,
/// says nothing for a long time. In memory nothing of that can happen, and nothing is cut short.
/// </summary>
internal sealed class StorageCalls(IClusterView cluster, IOptions<StorageOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest wait.</summary>
    public TimeSpan Patience => options.Value.Timeout;

    /// <summary>Makes a call.</summary>
    /// <param name="call">The call; its token ends it with the wait.</param>
    /// <param name="cancellationToken">The client left.</param>
    /// <exception cref="TimeoutException">It took too long. It may be carried out all the same.</exception>
    public Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        AskAsync(call, Patience, cancellationToken);

    /// <summary>Makes a call that takes its time also where the storage is well; given up once this silo knows that it is not.</summary>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (cluster.GetStatus().Storage.Kind == StorageStatus.InMemory.Kind)
        {
            return await call(cancellationToken);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var began = time.GetTimestamp();
        var task = call(end.Token);
        // Where it is given up, nobody wants to know how it ends.
        task.Ignore();
        while (true)
        {
            var left = patience - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !cluster.GetStatus().Storage.CanRead)
            {
                await end.CancelAsync();
                throw new TimeoutException("What is stored did not come in time.");
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
