using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.SharedCalls;

/// <summary>
/// A window on a flight, for the other silos: it lives on the silo that leads the flight and reads its buffer. The key is the flight's id
/// (<see cref="GrainKeys.Flight"/>).
/// </summary>
[Alias("prism.IFlightGrain")]
[GrainInterfaceType("Prism.Flights.IFlightGrain")]
public interface IFlightGrain : IGrainWithStringKey
{
    /// <summary>
    /// The flight from its start, in batches: what is there at once, then what has come since. The last batch has the event that ends it.
    /// Where it stops without one, the flight is lost. Counts as one reader of the flight until the enumeration ends.
    /// </summary>
    [Alias("read")]
    IAsyncEnumerable<FlightBatch> ReadAsync(CancellationToken cancellationToken = default);
}

/// <summary>Events of a flight, in order.</summary>
[GenerateSerializer, Immutable, Alias("prism.flight-batch")]
public sealed record FlightBatch
{
    /// <summary>At least one.</summary>
    [Id(0)] public ImmutableArray<FlightEvent> Events { get => field.IsDefault ? [] : field; init; }

    /// <summary>Whether the answer was whole before this enumeration began.</summary>
    [Id(1)] public bool FoundWhole { get; init; }
}

/// <summary>
/// One event of a flight. A streamed flight is the events of a stream; one that is not streamed is <see cref="ChatStreamEvent.Started"/>,
/// then <see cref="Whole"/> or <see cref="ChatStreamEvent.Failed"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("prism.flight-event")]
public readonly record struct FlightEvent
{
    /// <summary>Of a streamed answer; not set where <see cref="Whole"/> is.</summary>
    [Id(0)] public ChatStreamEvent Streamed { get; init; }

    /// <summary>The whole answer of a call that was not streamed.</summary>
    [Id(1)] public ChatResponse? Whole { get; init; }

    /// <summary>Whether this is the last one.</summary>
    public bool IsLast => Whole is not null || Streamed.Completed is not null || Streamed.Failed is not null;

    /// <summary>An event of a streamed answer.</summary>
    public static implicit operator FlightEvent(ChatStreamEvent streamed) => new() { Streamed = streamed };

    /// <summary>A whole answer.</summary>
    public static implicit operator FlightEvent(ChatResponse whole) => new() { Whole = whole };
}
