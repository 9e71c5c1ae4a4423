using System.Runtime.CompilerServices;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// The window on one flight that this silo leads. Where the silo of its key is gone, it is made on another one, which knows of no such flight:
/// so the answer is that the flight is lost.
/// </summary>
[SiloBound, CollectionAgeLimit(Minutes = 2)]
internal sealed class FlightGrain(FlightRegistry flights) : Grain, IFlightGrain
{
    public async IAsyncEnumerable<FlightBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var reader = flights.TryBoardLed(this.GetPrimaryKeyString());
        while (reader is not null && await reader.WaitAsync(cancellationToken))
        {
            yield return new() { Events = [.. reader.Read().Span], FoundWhole = reader.FoundWhole };
        }
    }
}
