using System.Collections.Immutable;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// The events of a shared call that another silo leads, from the first on. Where what it reads through is lost although that silo is not, it goes on
/// where it was: a third silo may be gone, which knew where that was.
/// </summary>
internal sealed class RemoteReader(string id, IGrainFactory grains, IClusterMembershipService membership, TimeProvider time) : IAsyncDisposable
{
    private IAsyncEnumerator<FrameBatch>? _batches;
    // Of the shared call, and of what is read now.
    private int _had;
    private int _read;

    /// <summary>Whether the answer was whole before any of it was read here.</summary>
    public bool FoundWhole { get; private set; }

    /// <summary>Waits for more events.</summary>
    /// <returns>Nothing where no more will come.</returns>
    public async ValueTask<ImmutableArray<AnswerFrame>> NextAsync(CancellationToken cancellationToken)
    {
        var patience = default(WaitDeadline?);
        while (true)
        {
            try
            {
                return await ReadAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is OrleansMessageRejectionException or EnumerationAbortedException)
            {
                await CloseAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (membership.HasLost(id) || patience is { IsOver: true })
                {
                    throw;
                }
            }

            // The first time at once: a shared call that ends meanwhile is not there any more.
            await Task.Delay(patience is null ? TimeSpan.Zero : LostSilo.RetryDelay, time, cancellationToken);
            patience ??= new(time, LostSilo.Patience);
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task CloseAsync()
    {
        if (_batches is { } batches)
        {
            (_batches, _read) = (null, 0);
            await batches.DisposeAsync();
        }
    }

    private async ValueTask<ImmutableArray<AnswerFrame>> ReadAsync(CancellationToken cancellationToken)
    {
        _batches ??= grains.GetGrain<ISharedCallGrain>(id).ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await _batches.MoveNextAsync())
        {
            var events = _batches.Current.Events;
            _read += events.Length;
            if (_read > _had)
            {
                FoundWhole |= _had == 0 && _batches.Current.FoundWhole;
                var fresh = events[^(_read - _had)..];
                _had = _read;
                return fresh;
            }
        }

        return [];
    }
}
