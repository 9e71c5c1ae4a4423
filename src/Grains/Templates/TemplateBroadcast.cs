using Orleans.Runtime.Services;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces.Templates;
using Prism.Templates;

namespace Prism.Grains.Templates;

/// <summary>Has every silo drop its copy of a template that has changed. After this, no silo renders the version before.</summary>
internal sealed class TemplateBroadcast(IServiceProvider services, SiloBroadcast silos) : GrainServiceClient<ITemplateCacheService>(services)
{
    /// <summary>To be called once the change is written.</summary>
    /// <param name="key">The grain key of the template.</param>
    public Task ForgetEverywhereAsync(string key) => silos.NotifyAllAsync(silo => GetGrainService(silo).ForgetAsync(key), TemplateLease.Life);
}
