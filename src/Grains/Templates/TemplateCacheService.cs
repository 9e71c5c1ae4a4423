using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Prism.Templates;

namespace Prism.Grains.Templates;

/// <summary>Notifies this silo's cache of changes on other silos.</summary>
[Reentrant]
internal sealed class TemplateCacheService(GrainId id, Silo silo, ILoggerFactory loggers, TemplateCache cache)
    : GrainService(id, silo, loggers), ITemplateCacheService
{
    public Task ForgetAsync(string key)
    {
        cache.Forget(key);
        return Task.CompletedTask;
    }
}
