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
/// The flights that this silo knows: those it leads, and its views of others' (one for each, however many readers it has here).
/// </summary>
internal sealed partial class FlightRegistry(
    IGrainFactory grains,
    ILocalSiloDetails self,
    IClusterMembershipService membership,
    MemoryBudget memory,
    IOptions<CacheOptions> options,
    TimeProvider time,
    ILogger<FlightRegistry> logger)
{
    private readonly ConcurrentDictionary<string, Flight> _led = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Flight> _views = new(StringComparer.Ordinal);
    // Of calls that are made without the cache, by what is asked.
    private readonly ConcurrentDictionary<string, string> _here = new(StringComparer.Ordinal);
    private long _lastNumber;

    /// <summary>
    /// Makes a flight that this silo may come to lead. Others find it from now on: one that follows may be here before the news that
    /// there is something to follow.
    /// </summary>
    public (Flight Flight, FlightReader Leader) Announce()
    {
        var flight = Create(GrainKeys.Flight(self.SiloAddress, Interlocked.Increment(ref _lastNumber)));
        var leader = flight.TryBoard()!;
        _led[flight.Id] = flight;
        return (flight, leader);
    }

    /// <summary>Forgets a flight that this silo led, or did not come to lead.</summary>
    public void Remove(Flight flight)
    {
        _led.TryRemove(flight.Id, out _);
        if (flight.LedHere is { } promptHash)
        {
            _here.TryRemove(KeyValuePair.Create(promptHash, flight.Id));
        }

        flight.Settle();
    }

    /// <summary>Takes a seat in the call that is made here for a prompt without the cache; null where there is none.</summary>
    public FlightReader? TryBoardHere(string promptHash) =>
        !_here.IsEmpty && _here.TryGetValue(promptHash, out var id) ? TryBoardLed(id) : null;

    /// <summary>Takes a seat in a call that this silo makes for a prompt, or has the given flight be that call.</summary>
    /// <param name="promptHash">What is asked.</param>
    /// <param name="prompt">The key of its <see cref="Grains.Interfaces.Cache.ICacheGrain"/>, if that is known: a call may be under way from before the cache was gone.</param>
    /// <param name="own">An announced flight of this silo.</param>
    /// <param name="isFresh">Whether it is the call from now on, also where there is one.</param>
    /// <returns>Null: the given flight is to be led.</returns>
    public FlightReader? TryFollowHere(string promptHash, string? prompt, string own, bool isFresh)
    {
        if (!isFresh && prompt is not null && FindLed(prompt) is { } led && TryBoardLed(led) is { } seat)
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

            if (TryBoardLed(id) is { } reader)
            {
                return reader;
            }

            _here.TryRemove(KeyValuePair.Create(promptHash, id));
        }
    }

    /// <summary>Ends when the flights have ended that this silo leads now, and the cache knows what came of them.</summary>
    public Task WhenSettledAsync() => Task.WhenAll(_led.Values.Select(flight => flight.Settled));

    /// <summary>Takes a seat in a flight that this silo leads.</summary>
    public FlightReader? TryBoardLed(string id) => _led.TryGetValue(id, out var flight) ? flight.TryBoard() : null;

    /// <summary>A flight for a prompt that this silo leads; null where there is none.</summary>
    /// <param name="prompt">The key of the prompt's <see cref="Grains.Interfaces.Cache.ICacheGrain"/>.</param>
    public string? FindLed(string prompt) => _led.Values.FirstOrDefault(flight => flight.Prompt == prompt)?.Id;

    /// <summary>Takes a seat in a flight, wherever it is led.</summary>
    /// <returns>To be disposed; null where the flight is known to be lost.</returns>
    public FlightReader? TryBoard(string id)
    {
        if (GrainKeys.SiloOf(id).Equals(self.SiloAddress))
        {
            return TryBoardLed(id);
        }

        while (true)
        {
            var own = _views.ContainsKey(id) ? null : Create(id);
            var view = own is null ? _views.GetValueOrDefault(id) : _views.GetOrAdd(id, own);
            // Boarded before it is begun: without a reader there is nothing to begin it for.
            var reader = view?.TryBoard();
            if (view is not null && view == own)
            {
                _ = BackgroundCall.Begin(() => RunViewAsync(view), "Reading a shared call of another silo", logger);
            }

            if (reader is not null)
            {
                return reader;
            }

            // Everybody has left that view. The flight may still be under way where it is led.
            if (view is not null)
            {
                _views.TryRemove(KeyValuePair.Create(id, view));
            }
        }
    }

    private Flight Create(string id) => new(id, new FlightBuffer(memory.Open(isKept: true), options.Value.MaxSharedBytes));

    private async Task RunViewAsync(Flight view)
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

    private async IAsyncEnumerable<FlightEvent> ReadRemotelyAsync(Flight view, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var window = new FlightWindow(view.Id, grains, membership, time);
        while (await window.NextAsync(cancellationToken) is [_, ..] events)
        {
            view.WasFoundWhole |= window.FoundWhole;
            foreach (var flightEvent in events)
            {
                yield return flightEvent;
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "Flight {Flight} has no readers left here")]
    private partial void LogLeft(Exception exception, string flight);

    [LoggerMessage(LogLevel.Warning, "Shared call {Flight} of another silo is lost ({Failure:l})")]
    private partial void LogLost(string flight, string failure);

    [LoggerMessage(LogLevel.Debug, "Shared call {Flight} is lost")]
    private partial void LogStack(Exception exception, string flight);
}
