using Microsoft.AspNetCore.Http;
using Prism.Gateway.Errors;
using Prism.Gateway.Json;
using Prism.Gateway.OpenApi;
using Prism.Grains.Interfaces.Cache;

namespace Prism.Gateway.Cache;

/// <summary><c>DELETE /cache</c>: empties the response cache on all silos.</summary>
internal static class CacheEndpoint
{
    /// <summary>Responds once no silo serves an older answer; 503 if that cannot be ensured.</summary>
    [Gives<StatusBody>]
    public static async Task Clear(HttpContext context, IResponseCache cache)
    {
        if (!cache.IsEnabled)
        {
            await context.Response.WriteJsonAsync(new StatusBody("disabled"), GatewayJson.Api.StatusBody);
        }
        else if (await cache.ClearAsync(context.RequestAborted) is { } error)
        {
            await context.WriteErrorAsync(error);
        }
        else
        {
            await context.Response.WriteJsonAsync(new StatusBody("cleared"), GatewayJson.Api.StatusBody);
        }
    }
}
