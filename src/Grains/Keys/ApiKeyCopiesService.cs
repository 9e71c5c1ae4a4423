using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Prism.Keys;

namespace Prism.Grains.Keys;

/// <summary>Has this silo's copies told of changes, wherever they were made.</summary>
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
