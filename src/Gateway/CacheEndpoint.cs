using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Prism;

/// <summary><c>DELETE /cache</c>: empties the response cache.</summary>
internal static class CacheEndpoint
{
    /// <summary>There is no cache to clear, and the answer says so.</summary>
    public static JsonHttpResult<StatusBody> Clear() => TypedResults.Json(new StatusBody("disabled"), GatewayJson.Api.StatusBody);
}
