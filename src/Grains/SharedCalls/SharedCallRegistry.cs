using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Prism.Grains.Background;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// The shared calls that this silo knows: those it leads, and its views of others' (one for each, however many readers it has here).
/// </summary>
internal sealed partial class SharedCallRegistry(
    IGrainFactory grains,
    ILocalSiloDetails self,
    IClusterMembershipService membership,
    AnswerLogFactory createLog,
    TimeProvider time,
    ILogger<SharedCallRegistry> logger)
{
    private readonly ConcurrentDictionary<string, SharedCall> _led = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SharedCall> _views = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SharedCall> _named = new(StringComparer.Ordinal);
    private long _lastNumber;

    /// <summary>
    /// Makes a shared call that this silo may come to lead. Other silos find it by its id from now on: a request that is to follow it may arrive
    /// before the news that there is something to follow.
    /// </summary>
    /// <param name="outlivesReaders">See <see cref="SharedCall"/>.</param>
    public (SharedCall SharedCall, SharedCallReader Leader) Announce(bool outlivesReaders = false)
    {
        var id = GrainKeys.SharedCall(self.SiloAddress, Interlocked.Increment(ref _lastNumber));
        var shared = new SharedCall(id, createLog(id, 0), outlivesReaders);
        var leader = shared.TryRead()!;
        _led[id] = shared;
        return (shared, leader);
    }

    /// <summary>Gives a name to a shared call of this silo, unless another one has it.</summary>
    /// <param name="shared">The shared call. It has no name yet.</param>
    /// <param name="name">The name.</param>
    /// <param name="replaces">Whether it takes the name from another one, which goes on without.</param>
    /// <returns>A reader of the call that has the name already; null: the given shared call has it now.</returns>
    public SharedCallReader? Name(SharedCall shared, string name, bool replaces)
    {
        // Before it can be found: its end takes the name away again.
        shared.Name = name;
        while (true)
        {
            var named = replaces ? _named[name] = shared : _named.GetOrAdd(name, shared);
            if (named == shared)
            {
                return null;
            }

            if (named.TryRead() is { } reader)
            {
                shared.Name = null;
                return reader;
            }

            _named.TryRemove(KeyValuePair.Create(name, named));
        }
    }

    /// <summary>The id of the shared call with this name; null where this silo leads none.</summary>
    public string? Find(string name) => _named.GetValueOrDefault(name)?.Id;

    /// <summary>A reader of the shared call with this name; null where this silo leads none.</summary>
    public SharedCallReader? TryReadNamed(string name) => _named.GetValueOrDefault(name)?.TryRead();

    /// <summary>A reader of a shared call that this silo leads; see <see cref="TryRead"/>.</summary>
    public SharedCallReader? TryReadLed(string id, long from) => _led.GetValueOrDefault(id)?.TryRead(from);

    /// <summary>A reader of a shared call, wherever it is led.</summary>
    /// <param name="id">The shared call.</param>
    /// <param name="from">The sequence number of the first frame to read.</param>
    /// <returns>To be disposed; null where the shared call is known to be lost, or where it no longer has that frame.</returns>
    public SharedCallReader? TryRead(string id, long from = 0)
    {
        if (GrainKeys.SiloOf(id).Equals(self.SiloAddress))
        {
            return TryReadLed(id, from);
        }

        while (true)
        {
            var own = _views.ContainsKey(id) ? null : new SharedCall(id, createLog(id, from));
            var view = own is null ? _views.GetValueOrDefault(id) : _views.GetOrAdd(id, own);
            // It has its reader before it begins: without one there is nothing to begin it for.
            var reader = view?.TryRead(from);
            if (view is not null && view == own)
            {
                _ = BackgroundCall.Begin(() => RunViewAsync(view, from), "Reading a shared call of another silo", logger);
            }

            if (reader is not null)
            {
                return reader;
            }

            // All readers have left that view, or it begins later. The leader may still be generating the shared call.
            if (view is not null)
            {
                _views.TryRemove(KeyValuePair.Create(id, view));
            }
        }
    }

    /// <summary>Forgets a shared call that this silo led, or did not come to lead.</summary>
    public void Remove(SharedCall shared)
    {
        _led.TryRemove(shared.Id, out _);
        if (shared.Name is { } name)
        {
            _named.TryRemove(KeyValuePair.Create(name, shared));
        }

        shared.Settle();
    }

    /// <summary>Ends when the shared calls that this silo leads now are over, and their subscribers have finished.</summary>
    public Task WhenSettledAsync() => Task.WhenAll(_led.Values.Select(shared => shared.Settled));

    private async Task RunViewAsync(SharedCall view, long from)
    {
        try
        {
            await view.RunAsync(ReadRemotelyAsync(view, from, view.Abandoned));
        }
        catch (Exception exception) when (view.Abandoned.IsCancellationRequested)
        {
            LogLeft(exception, view.Id);
        }
        catch (Exception exception)
        {
            // Its silo is gone, or out of reach: to its readers that is the same.
            LogLost(view.Id, exception.GetType().Name);
            LogStack(exception, view.Id);
        }
        finally
        {
            _views.TryRemove(KeyValuePair.Create(view.Id, view));
            view.Settle();
        }
    }

    private async IAsyncEnumerable<AnswerFrame> ReadRemotelyAsync(
        SharedCall view, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = new RemoteReader(view.Id, from, grains, membership, time);
        while (await reader.NextAsync(cancellationToken) is [_, ..] frames)
        {
            view.WasFoundWhole |= reader.FoundWhole;
            foreach (var frame in frames)
            {
                yield return frame;
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "Shared call {Call} has no readers left here")]
    private partial void LogLeft(Exception exception, string call);

    [LoggerMessage(LogLevel.Warning, "Shared call {Call} of another silo is lost ({Failure:l})")]
    private partial void LogLost(string call, string failure);

    [LoggerMessage(LogLevel.Debug, "Shared call {Call} is lost")]
    private partial void LogStack(Exception exception, string call);
}
