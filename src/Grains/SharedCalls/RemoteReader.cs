using System.Collections.Immutable;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// Reads a shared call that another silo leads. Where the enumeration is lost although that silo is not, it continues after the last frame that it has
/// read: a third silo may be gone, which knew where the grain was.
/// </summary>
internal sealed class RemoteReader(string id, long from, IGrainFactory grains, IClusterMembershipService membership, TimeProvider time)
    : IAsyncDisposable
{
    private IAsyncEnumerator<FrameBatch>? _batches;
    // The sequence numbers of the next frame of the shared call, and of the enumeration.
    private long _next = from;
    private long _at;
    private bool _hasBegun;
    private bool _readsFromStart;

    /// <summary>Whether the answer was whole before any of it was read here.</summary>
    public bool FoundWhole { get; private set; }

    /// <summary>Waits for more frames.</summary>
    /// <returns>Nothing where no more will come.</returns>
    public async ValueTask<ImmutableArray<AnswerFrame>> NextAsync(CancellationToken cancellationToken)
    {
        var patience = default(WaitDeadline?);
        while (true)
        {
            var isResuming = _batches is null && _next > 0 && !_readsFromStart;
            try
            {
                return await ReadAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is OrleansMessageRejectionException or EnumerationAbortedException
                || (isResuming && !cancellationToken.IsCancellationRequested))
            {
                await CloseAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (membership.HasLost(id) || patience is { IsOver: true })
                {
                    throw;
                }

                // A silo of the last release cannot resume: there it reads from the start, and skips what it has read.
                _readsFromStart = isResuming;
            }

            // The first time at once: a shared call that ends meanwhile is not there any more.
            await Task.Delay(patience is null || isResuming ? TimeSpan.Zero : LostSilo.RetryDelay, time, cancellationToken);
            patience ??= new(time, LostSilo.Patience);
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task CloseAsync()
    {
        if (_batches is { } batches)
        {
            _batches = null;
            await batches.DisposeAsync();
        }
    }

    private async ValueTask<ImmutableArray<AnswerFrame>> ReadAsync(CancellationToken cancellationToken)
    {
        _batches ??= Open(cancellationToken);
        while (await _batches.MoveNextAsync())
        {
            var frames = _batches.Current.Events;
            _at += frames.Length;
            if (_at > _next)
            {
                FoundWhole |= !_hasBegun && _batches.Current.FoundWhole;
                var fresh = frames[^(int)(_at - _next)..];
                (_next, _hasBegun) = (_at, true);
                return fresh;
            }
        }

        return [];
    }

    private IAsyncEnumerator<FrameBatch> Open(CancellationToken cancellationToken)
    {
        var shared = grains.GetGrain<ISharedCallGrain>(id);
        _at = _readsFromStart ? 0 : _next;
        return (_at == 0 ? shared.ReadAsync(cancellationToken) : shared.ReadFromAsync(_at, cancellationToken)).GetAsyncEnumerator(cancellationToken);
    }
}
