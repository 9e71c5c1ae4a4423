using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Prism.Flights;

namespace Prism.Grains.SharedCalls;

/// <summary>Says which shared calls this silo leads. Unlike a grain it is found while the directory is in disorder.</summary>
[Reentrant]
[GrainType("flightservice")]
internal sealed class SharedCallService(GrainId id, Silo silo, ILoggerFactory loggers, SharedCallRegistry sharedCalls)
    : GrainService(id, silo, loggers), IFlightService
{
    public Task<string?> FindAsync(string name) => Task.FromResult(sharedCalls.Find(name));
}
