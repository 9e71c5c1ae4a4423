using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;
using Prism.Flights;
using Prism.Grains.Cluster;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// Finds the shared call of a name, for a grain that has just been activated anew: only that grain's memory knew the call, and a silo that leaves takes with
/// it its grains and those of others that it had in its part of the directory.
/// </summary>
internal sealed partial class SharedCallLocator(
    IServiceProvider services,
    IClusterMembershipService membership,
    SiloDepartures departures,
    TimeProvider time,
    ILogger<SharedCallLocator> logger) : GrainServiceClient<IFlightService>(services)
{
    // Few calls that a departure may have made unknown take longer. One that does may be made twice.
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // Requests wait for it, which give the cache two seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Calls all silos, if one has left lately. Otherwise no grain was lost with its state.</summary>
    /// <param name="name">The shared call's name.</param>
    /// <returns>The shared call's id; null where there is none, or none that can be found.</returns>
    public async Task<string?> FindAsync(string name)
    {
        if (!departures.AnyWithin(Window))
        {
            return null;
        }

        var found = await Task.WhenAll(membership.CurrentSnapshot.Serving().Select(silo => AskAsync(silo, name)));
        return found.FirstOrDefault(shared => shared is not null);
    }

    private async Task<string?> AskAsync(SiloAddress silo, string name)
    {
        try
        {
            return await GetGrainService(silo).FindAsync(name).WaitAsync(Patience, time);
        }
        catch (Exception exception)
        {
            // It may be gone too, which is not known here yet.
            LogNotAsked(exception, silo);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Debug, "The shared calls of silo {Silo} could not be read")]
    private partial void LogNotAsked(Exception exception, SiloAddress silo);
}
