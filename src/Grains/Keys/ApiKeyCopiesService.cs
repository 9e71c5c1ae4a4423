using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Prism.Keys;

namespace Prism.Grains.Keys;

/// <summary>Notifies this silo's copies of changes on other silos.</summary>
[Reentrant]
internal sealed class ApiKeyCopiesService(GrainId id, Silo silo, ILoggerFactory loggers, ApiKeyCopies copies)
    : GrainService(id, silo, loggers), IApiKeyCopiesService
{
    public Task ForgetAsync(string id)
    {
        copies.Forget(id);
        return Task.CompletedTask;
    }
}
