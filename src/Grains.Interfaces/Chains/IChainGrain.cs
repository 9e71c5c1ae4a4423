using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Prism.Grains.Interfaces.Chains;

/// <summary>
/// One run of a chain. Its key is the run's id (<see cref="GrainKeys.NewRun"/>, or <see cref="GrainKeys.Run"/> with an idempotency key). Most
/// callers want <see cref="ChainClient"/>, which waits and reads on over the death of silos. Any call has a run go on whose silo died.
/// </summary>
[Alias("prism.IChainGrain")]
[GrainInterfaceType("prism.IChainGrain")]
public interface IChainGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts the run; it is written before this returns. A start with the same content again answers with the run that is there.
    /// </summary>
    [Alias("start")]
    Task<ChainStartOutcome> StartAsync(ChainStart start);

    /// <summary>The run as it was last written; null where there is none (any more).</summary>
    [AlwaysInterleave, Alias("get")]
    Task<ChainRun?> GetAsync();

    /// <summary>Waits for the run's end.</summary>
    /// <param name="timeout">At most 10 s, so that no grain call stays open for long. To wait longer, call again.</param>
    /// <param name="cancellationToken">The caller left.</param>
    /// <returns>The run, finished or not; null where there is none.</returns>
    [AlwaysInterleave, Alias("wait")]
    Task<ChainRun?> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Ends the run, and its upstream calls in progress. A run that has ended stays as it is.</summary>
    /// <returns>The run as it is then; null where there is none.</returns>
    [AlwaysInterleave, Alias("cancel")]
    Task<ChainRun?> CancelAsync();

    /// <summary>Deletes the run, also out of its owner's list.</summary>
    /// <returns>True: it is gone. False: it has not ended, and stays. Null: there is none.</returns>
    [Alias("remove")]
    Task<bool?> RemoveAsync();

    /// <summary>
    /// The run's events, in batches, until its last one. Empty where there is no run, or nothing after that event.
    /// </summary>
    /// <param name="afterEventId">The last event that is known; 0 for none.</param>
    /// <param name="deltas">Whether <see cref="ChainEventTypes.StepDelta"/> are wanted.</param>
    /// <param name="cancellationToken">The caller left.</param>
    /// <exception cref="EnumerationAbortedException">The run goes on elsewhere: to be read on with the id of the last event.</exception>
    [Alias("watch")]
    IAsyncEnumerable<ImmutableArray<ChainEvent>> WatchAsync(long afterEventId, bool deltas, CancellationToken cancellationToken = default);
}
