using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Prism.Flights;

/// <summary>
/// The flights that this silo knows: those it leads, and its views of others' (one for each, however many readers it has here).
/// </summary>
internal sealed partial class FlightRegistry(
    IGrainFactory grains, ILocalSiloDetails self, IClusterMembershipService membership, TimeProvider time, ILogger<FlightRegistry> logger)
{
    private readonly ConcurrentDictionary<string, Flight> _led = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Flight> _views = new(StringComparer.Ordinal);
    private long _lastNumber;

    /// <summary>
    /// Makes a flight that this silo may come to lead. Others find it from now on: one that follows may be here before the news that
    /// there is something to follow.
    /// </summary>
    public (Flight Flight, FlightReader Leader) Announce()
    {
        var flight = new Flight(GrainKeys.Flight(self.SiloAddress, Interlocked.Increment(ref _lastNumber)));
        var leader = flight.TryBoard()!;
        _led[flight.Id] = flight;
        return (flight, leader);
    }

    /// <summary>Forgets a flight that this silo led, or did not come to lead.</summary>
    public void Remove(Flight flight)
    {
        _led.TryRemove(flight.Id, out _);
        flight.Settle();
    }

    /// <summary>Ends when the flights have ended that this silo leads now, and the cache knows what came of them.</summary>
    public Task WhenSettledAsync() => Task.WhenAll(_led.Values.Select(flight => flight.Settled));

    /// <summary>Takes a seat in a flight that this silo leads.</summary>
    public FlightReader? TryBoardLed(string id) => _led.TryGetValue(id, out var flight) ? flight.TryBoard() : null;

    /// <summary>A flight for a prompt that this silo leads; null where there is none.</summary>
    /// <param name="prompt">The key of the prompt's <see cref="Cache.ICacheGrain"/>.</param>
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
            var own = _views.ContainsKey(id) ? null : new Flight(id);
            var view = own is null ? _views.GetValueOrDefault(id) : _views.GetOrAdd(id, own);
            // Boarded before it is begun: without a reader there is nothing to begin it for.
            var reader = view?.TryBoard();
            if (view is not null && view == own)
            {
                _ = Task.Run(() => RunViewAsync(view));
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

    private async Task RunViewAsync(Flight view)
    {
        try
        {
            await view.RunAsync(ReadRemotelyAsync(view.Id, view.Abandoned));
        }
        catch (Exception exception) when (view.Abandoned.IsCancellationRequested)
        {
            LogLeft(exception, view.Id);
        }
        catch (Exception exception)
        {
            // Its silo is gone, or out of reach: to its readers that is the same.
            LogLost(exception, view.Id);
        }
        finally
        {
            _views.TryRemove(KeyValuePair.Create(view.Id, view));
        }
    }

    private async IAsyncEnumerable<FlightEvent> ReadRemotelyAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var window = new FlightWindow(id, grains, membership, time);
        while (await window.NextAsync(cancellationToken) is [_, ..] events)
        {
            foreach (var flightEvent in events)
            {
                yield return flightEvent;
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "Flight {Flight} has no readers left here")]
    private partial void LogLeft(Exception exception, string flight);

    [LoggerMessage(LogLevel.Warning, "Flight {Flight} is lost")]
    private partial void LogLost(Exception exception, string flight);
}
