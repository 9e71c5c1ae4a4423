using Orleans.Services;
using Prism.Grains.Templates;

// The silos of earlier versions find the service by the full name of this interface: it keeps its namespace.
#pragma warning disable IDE0130
namespace Prism.Templates;
#pragma warning restore IDE0130

/// <summary>The <see cref="TemplateCache"/> of one silo, for the others.</summary>
[Alias("prism.ITemplateCacheService")]
internal interface ITemplateCacheService : IGrainService
{
    /// <summary>The template of this grain key has changed.</summary>
    [Alias("forget")]
    Task ForgetAsync(string key);
}
