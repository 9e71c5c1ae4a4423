using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Prism.Cache;
using Prism.Chains;
using Prism.Chat;
using Prism.Errors;
using Prism.Health;
using Prism.OpenApi;
using Prism.Providers;
using Prism.RequestIds;
using Prism.Templates;

namespace Prism;

/// <summary>The API on one screen.</summary>
public static class GatewayEndpoints
{
    /// <summary>Adds what every request goes through before its endpoint: an id, errors as error objects, and not before the silo is up.</summary>
    public static IApplicationBuilder UsePrismGateway(this IApplicationBuilder app) => app
        .UseMiddleware<RequestIdMiddleware>()
        .UseMiddleware<ErrorMiddleware>()
        .UseMiddleware<StartingMiddleware>();

    /// <summary>Maps the REST and SSE endpoints.</summary>
    public static IEndpointRouteBuilder MapPrismGateway(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/chat", ChatEndpoint.Native);
        app.MapPost("/v1/chat/completions", ChatEndpoint.OpenAi);

        app.MapGet("/v1/models", ModelsEndpoint.List);
        app.MapGet("/v1/models/{**model}", ModelsEndpoint.Get);
        app.MapGet("/providers", ProvidersEndpoint.List);

        app.MapGet("/v1/templates", TemplatesEndpoint.List);
        app.MapGet("/v1/templates/{name}", TemplatesEndpoint.Get);
        app.MapPut("/v1/templates/{name}", TemplatesEndpoint.Put);
        app.MapDelete("/v1/templates/{name}", TemplatesEndpoint.Delete);
        app.MapPost("/v1/templates/{name}/render", TemplatesEndpoint.Render);

        app.MapGet("/v1/chains", ChainsEndpoint.List);
        app.MapGet("/v1/chains/{name}", ChainsEndpoint.Get);
        app.MapPut("/v1/chains/{name}", ChainsEndpoint.Put);
        app.MapDelete("/v1/chains/{name}", ChainsEndpoint.Delete);

        app.MapPost("/v1/runs", RunsEndpoint.Start);
        app.MapGet("/v1/runs", RunsEndpoint.List);
        app.MapGet("/v1/runs/{id}", RunsEndpoint.Get);
        app.MapGet("/v1/runs/{id}/events", RunsEndpoint.Watch);
        app.MapPost("/v1/runs/{id}/cancel", RunsEndpoint.Cancel);

        app.MapDelete("/cache", CacheEndpoint.Clear);

        app.MapGet("/health", HealthEndpoint.Report);
        app.MapGet("/healthz", HealthEndpoint.Ready);
        app.MapGet("/healthz/ready", HealthEndpoint.Ready);
        app.MapGet("/healthz/live", HealthEndpoint.Live);

        app.MapGet("/openapi/v1.json", OpenApiEndpoint.Document);
        app.MapGet("/docs", OpenApiEndpoint.Page);
        return app;
    }
}
