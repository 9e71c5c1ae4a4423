using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Prism.Grains.Background;
using Prism.Grains.Cache;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Memory;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// The shared calls that this silo knows: those it leads, and its views of others' (one for each, however many readers it has here).
/// </summary>
internal sealed partial class SharedCallRegistry(
    IGrainFactory grains,
    ILocalSiloDetails self,
    IClusterMembershipService membership,
    MemoryBudget memory,
    IOptions<CacheOptions> options,
    TimeProvider time,
    ILogger<SharedCallRegistry> logger)
{
    private readonly ConcurrentDictionary<string, SharedCall> _led = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SharedCall> _views = new(StringComparer.Ordinal);
    // Of calls that are made without the cache, by what is asked.
    private readonly ConcurrentDictionary<string, string> _here = new(StringComparer.Ordinal);
    private long _lastNumber;

    /// <summary>
    /// Makes a shared call that this silo may come to lead. Others find it from now on: one that follows may be here before the news that
    /// there is something to follow.
    /// </summary>
    public (SharedCall SharedCall, SharedCallReader Leader) Announce()
    {
        var shared = Create(GrainKeys.SharedCall(self.SiloAddress, Interlocked.Increment(ref _lastNumber)));
        var leader = shared.TrySubscribe()!;
        _led[shared.Id] = shared;
        return (shared, leader);
    }

    /// <summary>Forgets a shared call that this silo led, or did not come to lead.</summary>
    public void Remove(SharedCall shared)
    {
        _led.TryRemove(shared.Id, out _);
        if (shared.LedHere is { } promptHash)
        {
            _here.TryRemove(KeyValuePair.Create(promptHash, shared.Id));
        }

        shared.Settle();
    }

    /// <summary>Subscribes to the call that is made here for a prompt without the cache; null where there is none.</summary>
    public SharedCallReader? TrySubscribeHere(string promptHash) =>
        !_here.IsEmpty && _here.TryGetValue(promptHash, out var id) ? TrySubscribeLed(id) : null;

    /// <summary>Subscribes to a call that this silo makes for a prompt, or has the given shared call be that call.</summary>
    /// <param name="promptHash">What is asked.</param>
    /// <param name="prompt">The key of its <see cref="Grains.Interfaces.Cache.ICacheGrain"/>, if that is known: a call may be under way from before the cache was gone.</param>
    /// <param name="own">An announced shared call of this silo.</param>
    /// <param name="isFresh">Whether it is the call from now on, also where there is one.</param>
    /// <returns>Null: the given shared call is to be led.</returns>
    public SharedCallReader? TryFollowHere(string promptHash, string? prompt, string own, bool isFresh)
    {
        if (!isFresh && prompt is not null && FindLed(prompt) is { } led && TrySubscribeLed(led) is { } seat)
        {
            return seat;
        }

        // Before it can be found: its end takes it out again.
        _led[own].LedHere = promptHash;
        while (true)
        {
            var id = isFresh ? _here[promptHash] = own : _here.GetOrAdd(promptHash, own);
            if (id == own)
            {
                return null;
            }

            if (TrySubscribeLed(id) is { } reader)
            {
                return reader;
            }

            _here.TryRemove(KeyValuePair.Create(promptHash, id));
        }
    }

    /// <summary>Ends when the shared calls have ended that this silo leads now, and the cache knows what came of them.</summary>
    public Task WhenSettledAsync() => Task.WhenAll(_led.Values.Select(shared => shared.Settled));

    /// <summary>Subscribes to a shared call that this silo leads.</summary>
    public SharedCallReader? TrySubscribeLed(string id) => _led.TryGetValue(id, out var shared) ? shared.TrySubscribe() : null;

    /// <summary>A shared call for a prompt that this silo leads; null where there is none.</summary>
    /// <param name="prompt">The key of the prompt's <see cref="Grains.Interfaces.Cache.ICacheGrain"/>.</param>
    public string? FindLed(string prompt) => _led.Values.FirstOrDefault(shared => shared.Prompt == prompt)?.Id;

    /// <summary>Subscribes to a shared call, wherever it is led.</summary>
    /// <returns>To be disposed; null where the shared call is known to be lost.</returns>
    public SharedCallReader? TrySubscribe(string id)
    {
        if (GrainKeys.SiloOf(id).Equals(self.SiloAddress))
        {
            return TrySubscribeLed(id);
        }

        while (true)
        {
            var own = _views.ContainsKey(id) ? null : Create(id);
            var view = own is null ? _views.GetValueOrDefault(id) : _views.GetOrAdd(id, own);
            // Boarded before it is begun: without a reader there is nothing to begin it for.
            var reader = view?.TrySubscribe();
            if (view is not null && view == own)
            {
                _ = BackgroundCall.Begin(() => RunViewAsync(view), "Reading a shared call of another silo", logger);
            }

            if (reader is not null)
            {
                return reader;
            }

            // Everybody has left that view. The shared call may still be under way where it is led.
            if (view is not null)
            {
                _views.TryRemove(KeyValuePair.Create(id, view));
            }
        }
    }

    private SharedCall Create(string id) => new(id, new SharedCallLog(memory.Open(isKept: true), options.Value.MaxSharedBytes));

    private async Task RunViewAsync(SharedCall view)
    {
        try
        {
            await view.RunAsync(ReadRemotelyAsync(view, view.Abandoned));
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

    private async IAsyncEnumerable<AnswerFrame> ReadRemotelyAsync(SharedCall view, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var window = new RemoteReader(view.Id, grains, membership, time);
        while (await window.NextAsync(cancellationToken) is [_, ..] events)
        {
            view.WasFoundWhole |= window.FoundWhole;
            foreach (var frame in events)
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
