using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Prism.Gateway.Errors;
using Prism.Gateway.Logging;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.Storage;

/// <summary>
/// Rejects requests that need the storage while this silo knows that it is unavailable or full, before their bodies are read and without a call to a
/// grain. Other requests are served.
/// </summary>
internal sealed class StorageMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<StorageUseRule>() is not { Use: var use })
        {
            return next(context);
        }

        var storage = context.RequestServices.GetRequiredService<IClusterView>().GetStatus().Storage;
        if (use == StorageUse.Writes ? storage.CanWrite : storage.CanRead)
        {
            return next(context);
        }

        var error = StorageErrors.Of(storage);
        context.GetLog().Error = error.Kind.ToWord();
        return context.WriteErrorAsync(error);
    }
}
