using Orleans.Services;
using Prism.Grains.Keys;

// The silos of earlier versions find the service by the full name of this interface: it keeps its namespace.
#pragma warning disable IDE0130
namespace Prism.Keys;
#pragma warning restore IDE0130

/// <summary>The <see cref="ApiKeyCopies"/> of one silo, for the others.</summary>
[Alias("prism.IApiKeyCopiesService")]
internal interface IApiKeyCopiesService : IGrainService
{
    /// <summary>The key of this id has changed.</summary>
    [Alias("forget")]
    Task ForgetAsync(string id);
}
