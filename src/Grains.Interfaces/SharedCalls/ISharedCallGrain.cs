using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.SharedCalls;

/// <summary>
/// A shared call, for readers on other silos: it lives on the silo that leads the shared call and reads its log. The key is the shared call's id
/// (<see cref="GrainKeys.SharedCall"/>).
/// </summary>
[Alias("prism.IFlightGrain")]
[GrainInterfaceType("prism.IFlightGrain")]
public interface ISharedCallGrain : IGrainWithStringKey
{
    /// <summary>
    /// The shared call from its start, in batches: first everything so far, then what follows. The last batch has the event that ends it.
    /// Where it stops without one, the shared call is lost. Counts as one reader of the shared call until the enumeration ends.
    /// </summary>
    [Alias("read")]
    IAsyncEnumerable<FrameBatch> ReadAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// The same from a frame on: for a reader that has read those before it. Silos of 0.1 do not have it. Empty where the shared call is lost, or where
    /// that frame is no longer kept.
    /// </summary>
    /// <param name="number">The frame's sequence number, which is how many frames are before it.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    [Alias("read-from")]
    IAsyncEnumerable<FrameBatch> ReadFromAsync(long number, CancellationToken cancellationToken = default);
}

/// <summary>Events of a shared call, in order.</summary>
[GenerateSerializer, Immutable, Alias("prism.flight-batch")]
public sealed record FrameBatch
{
    /// <summary>At least one.</summary>
    [Id(0)] public ImmutableArray<AnswerFrame> Events { get => field.IsDefault ? [] : field; init; }

    /// <summary>Whether the answer was whole before this enumeration began.</summary>
    [Id(1)] public bool FoundWhole { get; init; }
}

/// <summary>
/// One frame of an answer. A streamed shared call is the events of a stream; one that is not streamed is <see cref="ChatStreamEvent.Started"/>,
/// then <see cref="Whole"/> or <see cref="ChatStreamEvent.Failed"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("prism.flight-event")]
public readonly record struct AnswerFrame
{
    /// <summary>Of a streamed answer; not set where <see cref="Whole"/> is.</summary>
    [Id(0)] public ChatStreamEvent Streamed { get; init; }

    /// <summary>The whole answer of a call that was not streamed.</summary>
    [Id(1)] public ChatResponse? Whole { get; init; }

    /// <summary>Whether this is the last one.</summary>
    public bool IsLast => Whole is not null || Streamed.Completed is not null || Streamed.Failed is not null;

    /// <summary>An event of a streamed answer.</summary>
    public static implicit operator AnswerFrame(ChatStreamEvent streamed) => new() { Streamed = streamed };

    /// <summary>A whole answer.</summary>
    public static implicit operator AnswerFrame(ChatResponse whole) => new() { Whole = whole };
}
