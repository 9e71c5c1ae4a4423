using Orleans.Services;

namespace Prism.Templates;

/// <summary>The <see cref="TemplateCache"/> of one silo, for the others.</summary>
[Alias("prism.ITemplateCacheService")]
internal interface ITemplateCacheService : IGrainService
{
    /// <summary>The template of this grain key has changed.</summary>
    [Alias("forget")]
    Task ForgetAsync(string key);
}
