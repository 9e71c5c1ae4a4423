using Orleans.Services;

// The silos of earlier versions find the service by the full name of this interface: it keeps its namespace.
#pragma warning disable IDE0130
namespace Prism.Flights;
#pragma warning restore IDE0130

/// <summary>The shared calls that one silo leads, for the others.</summary>
[Alias("prism.IFlightService")]
internal interface IFlightService : IGrainService
{
    /// <summary>The shared call of this name that this silo leads and that is not over; null where there is none.</summary>
    [Alias("find")]
    Task<string?> FindAsync(string name);
}
