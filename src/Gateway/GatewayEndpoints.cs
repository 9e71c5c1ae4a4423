using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Prism.Gateway.Auth;
using Prism.Gateway.Cache;
using Prism.Gateway.Chains;
using Prism.Gateway.Chat;
using Prism.Gateway.Errors;
using Prism.Gateway.Health;
using Prism.Gateway.Home;
using Prism.Gateway.Json;
using Prism.Gateway.Keys;
using Prism.Gateway.OpenApi;
using Prism.Gateway.Overload;
using Prism.Gateway.Providers;
using Prism.Gateway.RequestIds;
using Prism.Gateway.Storage;
using Prism.Gateway.Templates;
using Prism.Gateway.Usage;

namespace Prism.Gateway;

/// <summary>The API on one screen.</summary>
public static class GatewayEndpoints
{
    /// <summary>
    /// Adds what every request goes through before its endpoint: an id, errors as error objects, not before the silo is up, a key, the
    /// storage where one is needed, its whole body, and no more at a time than this silo can work on.
    /// </summary>
    public static IApplicationBuilder UsePrismGateway(this IApplicationBuilder app) => app
        .UseMiddleware<RequestIdMiddleware>()
        .UseMiddleware<TrailingNewlineMiddleware>()
        .UseMiddleware<ErrorMiddleware>()
        .UseMiddleware<StartingMiddleware>()
        .UseMiddleware<DrainMiddleware>()
        .UseMiddleware<AuthMiddleware>()
        .UseMiddleware<StorageMiddleware>()
        .UseMiddleware<BodyMiddleware>()
        .UseMiddleware<OverloadMiddleware>();

    /// <summary>Maps the REST and SSE endpoints, each with who may call it: what does not say so is nobody's.</summary>
    public static IEndpointRouteBuilder MapPrismGateway(this IEndpointRouteBuilder endpoints)
    {
        var app = endpoints.MapGroup("").AnswerHead();

        app.MapGet("/", HomeEndpoint.Get).For(Access.Open);
        app.MapGet("/favicon.ico", HomeEndpoint.Icon).For(Access.Open);

        app.MapPost("/v1/chat", ChatEndpoint.Native).For(Access.Chat);
        app.MapPost("/v1/chat/completions", ChatEndpoint.OpenAi).For(Access.Chat);

        app.MapGet("/v1/models", ModelsEndpoint.List).For(Access.Key);
        app.MapGet("/v1/models/{**model}", ModelsEndpoint.Get).For(Access.Key);
        app.MapGet("/providers", ProvidersEndpoint.List).For(Access.Key);

        app.MapGet("/v1/templates", TemplatesEndpoint.List).For(Access.Templates).ThatReads();
        app.MapGet("/v1/templates/{name}", TemplatesEndpoint.Get).For(Access.Templates);
        app.MapPut("/v1/templates/{name}", TemplatesEndpoint.Put).For(Access.Templates).ThatWrites();
        app.MapDelete("/v1/templates/{name}", TemplatesEndpoint.Delete).For(Access.Templates).ThatWrites();
        app.MapPost("/v1/templates/{name}/render", TemplatesEndpoint.Render).For(Access.Templates);

        app.MapGet("/v1/chains", ChainsEndpoint.List).For(Access.Chains).ThatReads();
        app.MapGet("/v1/chains/{name}", ChainsEndpoint.Get).For(Access.Chains).ThatReads();
        app.MapPut("/v1/chains/{name}", ChainsEndpoint.Put).For(Access.Chains).ThatWrites();
        app.MapDelete("/v1/chains/{name}", ChainsEndpoint.Delete).For(Access.Chains).ThatWrites();

        app.MapPost("/v1/runs", RunsEndpoint.Start).For(Access.Chains).ThatWrites();
        app.MapGet("/v1/runs", RunsEndpoint.List).For(Access.Chains).ThatReads();
        app.MapGet("/v1/runs/{id}", RunsEndpoint.Get).For(Access.Chains).ThatReads();
        app.MapDelete("/v1/runs/{id}", RunsEndpoint.Delete).For(Access.Chains).ThatWrites();
        app.MapGet("/v1/runs/{id}/events", RunsEndpoint.Watch).For(Access.Chains).ThatReads();
        app.MapPost("/v1/runs/{id}/cancel", RunsEndpoint.Cancel).For(Access.Chains).ThatWrites();

        app.MapGet("/admin/providers", ProviderReportsEndpoint.List).For(Access.Admin);
        app.MapDelete("/admin/providers/{name}/holds", ProviderReportsEndpoint.LiftHolds).For(Access.Admin).ThatWrites();
        app.MapGet("/admin/keys", KeysEndpoint.List).For(Access.Admin).ThatReads();
        app.MapPost("/admin/keys", KeysEndpoint.Create).For(Access.Admin).ThatWrites();
        app.MapGet("/admin/keys/{id}", KeysEndpoint.Get).For(Access.Admin).ThatReads();
        app.MapPatch("/admin/keys/{id}", KeysEndpoint.Patch).For(Access.Admin).ThatWrites();
        app.MapDelete("/admin/keys/{id}", KeysEndpoint.Revoke).For(Access.Admin).ThatWrites();
        app.MapGet("/admin/usage", UsageEndpoint.Get).For(Access.Admin).ThatReads();
        app.MapDelete("/cache", CacheEndpoint.Clear).For(Access.Admin);

        app.MapGet("/health", HealthEndpoint.Report).For(Access.Key);
        app.MapGet("/healthz", HealthEndpoint.Ready).For(Access.Open);
        app.MapGet("/healthz/ready", HealthEndpoint.Ready).For(Access.Open);
        app.MapGet("/healthz/live", HealthEndpoint.Live).For(Access.Open);

        app.MapGet("/openapi/v1.json", OpenApiEndpoint.Document).For(Access.KeyInBrowser);
        app.MapGet("/docs", OpenApiEndpoint.Page).For(Access.KeyInBrowser);
        return endpoints;
    }
}
