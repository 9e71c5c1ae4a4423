using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Prism.Gateway.Errors;
using Prism.Gateway.Logging;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.Storage;

/// <summary>
/// Refuses at once what needs the storage while this silo knows that there is none, or that it is full: nothing of the request is read, and no
/// grain is asked. Whatever needs none is served.
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
