using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Prism.Flights;

namespace Prism.Grains.SharedCalls;

/// <summary>Lists the shared calls that this silo leads. Unlike a grain, it can be reached while the grain directory changes.</summary>
[Reentrant]
[GrainType("flightservice")]
internal sealed class SharedCallService(GrainId id, Silo silo, ILoggerFactory loggers, SharedCallRegistry sharedCalls)
    : GrainService(id, silo, loggers), IFlightService
{
    public Task<string?> FindAsync(string name) => Task.FromResult(sharedCalls.Find(name));
}
