using Orleans.Services;

namespace Prism.Flights;

/// <summary>The flights that one silo leads, for the others.</summary>
[Alias("prism.IFlightService")]
internal interface IFlightService : IGrainService
{
    /// <summary>The flight for a prompt that this silo leads and that is not over; null where there is none.</summary>
    /// <param name="prompt">The key of the prompt's <see cref="Cache.ICacheGrain"/>.</param>
    [Alias("find")]
    Task<string?> FindAsync(string prompt);
}
