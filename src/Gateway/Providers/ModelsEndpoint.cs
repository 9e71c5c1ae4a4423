using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Prism.Gateway.Auth;
using Prism.Gateway.Errors;
using Prism.Gateway.Json;
using Prism.Gateway.OpenApi;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Interfaces.Providers;

namespace Prism.Gateway.Providers;

/// <summary>
/// <c>GET /v1/models</c>: the configured models of the usable providers, each by its name in a request's <c>model</c>. A request may name other
/// models of a provider, too. A key sees the models that it may call.
/// </summary>
/// <remarks>Source: https://platform.openai.com/docs/api-reference/models</remarks>
internal static class ModelsEndpoint
{
    [Gives<ModelList>]
    public static JsonHttpResult<ModelList> List(HttpContext context, IProviderCatalog catalog, IKeyTargets targets) =>
        TypedResults.Json(new ModelList(GetModels(context, catalog, targets)), GatewayJson.Api.ModelList);

    [Reads("ModelName"), Gives<Model>, Fails(404)]
    public static Task Get(HttpContext context, string model, IProviderCatalog catalog, IKeyTargets targets)
    {
        // The only escape that the server leaves in a path, and clients escape a model's name so: openai%2Fgpt-4o-mini.
        model = model.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return GetModels(context, catalog, targets).FirstOrDefault(known => known.Id == model) is { } found
            ? context.Response.WriteJsonAsync(found, GatewayJson.Api.Model)
            : context.WriteErrorAsync(
                StatusCodes.Status404NotFound,
                new($"The model '{model}' does not exist here.", ApiError.InvalidRequest, "model", "model_not_found"));
    }

    // Only models that the caller's key may call.
    private static ImmutableArray<Model> GetModels(HttpContext context, IProviderCatalog catalog, IKeyTargets targets) =>
    [
        .. from provider in catalog.GetStatus()
           where provider.Usable
           from model in provider.Models
           where context.GetCaller().Terms is not { } terms || targets.Allow(terms, provider.Name, model)
           from id in provider.Name == catalog.Default ? [model, $"{provider.Name}/{model}"] : new[] { $"{provider.Name}/{model}" }
           select new Model(id, provider.Name),
    ];
}

/// <summary>The body of <c>GET /v1/models</c>.</summary>
internal sealed record ModelList(ImmutableArray<Model> Data)
{
    [JsonPropertyName("object")] public string ObjectType { get; } = "list";
}

/// <summary>A model.</summary>
/// <param name="Id">Its name in a request's <c>model</c>.</param>
/// <param name="OwnedBy">The provider.</param>
internal sealed record Model(string Id, string OwnedBy)
{
    [JsonPropertyName("object")] public string ObjectType { get; } = "model";

    /// <summary>Prism knows no date of a provider's model, but the format requires a number.</summary>
    public long Created { get; }
}
