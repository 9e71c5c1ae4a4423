using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Chains;

namespace Prism.Tests.Chains;

/// <summary>A run that is where a test has put it.</summary>
internal sealed class ScriptedRun(string id, FakeTimeProvider time) : IChainGrain
{
    private readonly Channel<ImmutableArray<ChainEvent>> _events = Channel.CreateUnbounded<ImmutableArray<ChainEvent>>();
    private readonly ConcurrentQueue<ChainStart> _starts = [];

    public string Id => id;

    /// <summary>The run as it is; null where there is none.</summary>
    public ChainRun? Run { get; set; }

    /// <summary>What a start ends with; null: the run that there is, or else one that has just begun.</summary>
    public ChainStartOutcome? Outcome { get; set; }

    /// <summary>What it was started with, once a start.</summary>
    public IReadOnlyCollection<ChainStart> Starts => _starts;

    /// <summary>How long it was waited for, once a call.</summary>
    public ConcurrentQueue<TimeSpan> Waits { get; } = [];

    /// <summary>What a wait does instead of letting the time pass.</summary>
    public Func<CancellationToken, Task>? OnWait { get; set; }

    /// <summary>What its events were asked for with, once a call.</summary>
    public ConcurrentQueue<(long After, bool Deltas)> Watches { get; } = [];

    /// <summary>Completes when nobody watches any more.</summary>
    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ChainStartOutcome> StartAsync(ChainStart start)
    {
        _starts.Enqueue(start);
        if (Outcome is not null)
        {
            return Task.FromResult(Outcome);
        }

        Run ??= ScriptedRuns.Running(id) with { Owner = start.Owner };
        return Task.FromResult(new ChainStartOutcome { Run = Run });
    }

    public Task<ChainRun?> GetAsync() => Task.FromResult(Run);

    public async Task<ChainRun?> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Waits.Enqueue(timeout);
        if (OnWait is { } wait)
        {
            await wait(cancellationToken);
        }
        else
        {
            time.Advance(timeout);
        }

        return Run;
    }

    public Task<ChainRun?> CancelAsync()
    {
        Run = Run! with { Status = ChainRunStatus.Cancelled, FinishedAt = ScriptedRuns.At };
        return Task.FromResult<ChainRun?>(Run);
    }

    public Task<bool?> RemoveAsync()
    {
        var removed = Run?.IsFinished;
        Run = removed == true ? null : Run;
        return Task.FromResult(removed);
    }

    public async IAsyncEnumerable<ImmutableArray<ChainEvent>> WatchAsync(
        long afterEventId, bool deltas, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Watches.Enqueue((afterEventId, deltas));
        try
        {
            await foreach (var batch in _events.Reader.ReadAllAsync(cancellationToken))
            {
                yield return batch;
            }
        }
        finally
        {
            Left.SetResult();
        }
    }

    /// <summary>Has something happen.</summary>
    public void Emit(params ImmutableArray<ChainEvent> batch) => _events.Writer.TryWrite(batch);

    /// <summary>There is nothing more to be read.</summary>
    public void EndEvents() => _events.Writer.Complete();
}
