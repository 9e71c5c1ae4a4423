using Orleans.Services;

namespace Prism.Keys;

/// <summary>The <see cref="ApiKeyCopies"/> of one silo, for the others.</summary>
[Alias("prism.IApiKeyCopiesService")]
internal interface IApiKeyCopiesService : IGrainService
{
    /// <summary>The key of this id has changed.</summary>
    [Alias("forget")]
    Task ForgetAsync(string id);
}
