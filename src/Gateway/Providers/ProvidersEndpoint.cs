using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Prism.Gateway.OpenApi;
using Prism.Grains.Interfaces.Providers;

namespace Prism.Gateway.Providers;

/// <summary><c>GET /providers</c></summary>
internal static class ProvidersEndpoint
{
    /// <summary>The names of the providers whose configuration is complete.</summary>
    [Gives<ProviderList>]
    public static JsonHttpResult<ProviderList> List(IProviderCatalog catalog) => TypedResults.Json(
        new ProviderList([.. catalog.GetStatus().Where(provider => provider.Usable).Select(provider => provider.Name)], catalog.Default),
        GatewayJson.Api.ProviderList);
}

/// <summary>The body of <c>GET /providers</c>.</summary>
internal sealed record ProviderList(ImmutableArray<string> Providers, string Default);
