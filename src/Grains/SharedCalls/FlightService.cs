using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Prism.Flights;

namespace Prism.Grains.SharedCalls;

/// <summary>Says which flights this silo leads. Unlike a grain it is found while the directory is in disorder.</summary>
[Reentrant]
internal sealed class FlightService(GrainId id, Silo silo, ILoggerFactory loggers, FlightRegistry flights)
    : GrainService(id, silo, loggers), IFlightService
{
    public Task<string?> FindAsync(string prompt) => Task.FromResult(flights.FindLed(prompt));
}
