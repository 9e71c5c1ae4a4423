using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Prism.Grains.Interfaces.Chains;

/// <summary>
/// Starts, watches and ends runs, from a silo as from a process that is only an Orleans client. A silo that dies is not seen: the call is made
/// again, which all of them allow, and has the run go on elsewhere.
/// </summary>
/// <example>
/// <code>
/// var started = await chains.StartAsync(new ChainStart { Definition = new() { Steps = steps, Inputs = inputs } }, idempotencyKey: null, token);
/// var run = await chains.WaitAsync(started.Run!.Id, TimeSpan.FromMinutes(5), token);
/// var summary = run!.Outputs["summary"].GetString();
/// </code>
/// </example>
public sealed class ChainClient(IGrainFactory grains, TimeProvider time)
{
    // As long as a cluster may take to notice that a silo is gone, with room to spare.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Starts a run.</summary>
    /// <param name="start">The definition and the owner of the run.</param>
    /// <param name="idempotencyKey">The same owner and key answer with the same run. Null: a run of its own.</param>
    /// <param name="cancellationToken">Gives up waiting; the run may have been started.</param>
    public Task<ChainStartOutcome> StartAsync(ChainStart start, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var id = idempotencyKey is null ? GrainKeys.NewRun() : GrainKeys.Run(start.Owner, idempotencyKey);
        return RetryAsync(() => Grain(id).StartAsync(start), cancellationToken);
    }

    /// <summary>The run as it was last written; null where there is none.</summary>
    public Task<ChainRun?> GetAsync(string runId, CancellationToken cancellationToken) =>
        RetryAsync(() => Grain(runId).GetAsync(), cancellationToken);

    /// <summary>Ends a run; one that has ended stays as it is.</summary>
    /// <returns>The run as it is then; null where there is none.</returns>
    public Task<ChainRun?> CancelAsync(string runId, CancellationToken cancellationToken) =>
        RetryAsync(() => Grain(runId).CancelAsync(), cancellationToken);

    /// <summary>Deletes a run that has ended. Its idempotency key is free again.</summary>
    /// <returns>True: it is gone. False: it has not ended, and stays. Null: there is none.</returns>
    public Task<bool?> DeleteAsync(string runId, CancellationToken cancellationToken) =>
        RetryAsync(() => Grain(runId).RemoveAsync(), cancellationToken);

    /// <summary>The runs of an owner, newest first.</summary>
    public Task<RunPage> ListAsync(string owner, RunQuery query, CancellationToken cancellationToken) =>
        RetryAsync(() => grains.GetGrain<IRunIndexGrain>(GrainKeys.Runs(owner)).ListAsync(query), cancellationToken);

    /// <summary>Waits for a run's end, for as long as wanted.</summary>
    /// <returns>The run, finished or not; null where there is none.</returns>
    public async Task<ChainRun?> WaitAsync(string runId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var left = timeout - time.GetElapsedTime(started);
            var wait = TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, LongestWait.Ticks));
            var run = await RetryAsync(() => Grain(runId).WaitAsync(wait, cancellationToken), cancellationToken);
            if (run is null or { IsFinished: true } || left <= LongestWait)
            {
                return run;
            }
        }
    }

    /// <summary>The run's events until its last one, without a gap or a double. Empty where there is no run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="afterEventId">The last event that is known; 0 for none.</param>
    /// <param name="deltas">Whether <see cref="ChainEventTypes.StepDelta"/> are wanted.</param>
    /// <param name="cancellationToken">The caller left.</param>
    public async IAsyncEnumerable<ChainEvent> WatchAsync(
        string runId, long afterEventId, bool deltas, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var batches = new Feed(Grain(runId).WatchAsync(afterEventId, deltas, cancellationToken), time, cancellationToken);
            await batches.MoveNextAsync();
            while (batches.Current is { IsDefault: false } batch)
            {
                foreach (var one in batch)
                {
                    yield return one;
                    afterEventId = one.Id ?? afterEventId;
                    if (one.IsLast)
                    {
                        yield break;
                    }
                }

                await batches.MoveNextAsync();
            }

            // The result does not matter: the call waits until the cluster is there again, and gives up if it does not return.
            if (!batches.WasBroken || await GetAsync(runId, cancellationToken) is null)
            {
                yield break;
            }
        }
    }

    private IChainGrain Grain(string runId) => grains.GetGrain<IChainGrain>(runId);

    private async Task<T> RetryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await call();
            }
            catch (Exception exception) when (IsOfTheCluster(exception) && time.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(PauseAfterFailure, time, cancellationToken);
            }
        }
    }

    // A call that was lost, or that reached an activation which had to end.
    private static bool IsOfTheCluster(Exception exception) =>
        exception is OrleansException or TimeoutException or EnumerationAbortedException;

    /// <summary>One enumeration of a grain's events.</summary>
    private sealed class Feed(
        IAsyncEnumerable<ImmutableArray<ChainEvent>> batches, TimeProvider time, CancellationToken cancellationToken) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<ImmutableArray<ChainEvent>> _enumerator = batches.GetAsyncEnumerator(cancellationToken);

        /// <summary>The batch that is to be read; default after the last.</summary>
        public ImmutableArray<ChainEvent> Current { get; private set; }

        /// <summary>Whether it ended because its silo did.</summary>
        public bool WasBroken { get; private set; }

        public async Task MoveNextAsync()
        {
            try
            {
                Current = await _enumerator.MoveNextAsync() ? _enumerator.Current : default;
            }
            catch (Exception exception) when (IsOfTheCluster(exception))
            {
                (Current, WasBroken) = (default, true);
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Delay(PauseAfterFailure, time, cancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                await _enumerator.DisposeAsync();
            }
            catch (Exception exception) when (IsOfTheCluster(exception))
            {
                // The silo that would receive it is gone.
            }
        }
    }
}
