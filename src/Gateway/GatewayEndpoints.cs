using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Prism.Gateway.Auth;
using Prism.Gateway.Browsers;
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

    /// <summary>
    /// Maps the REST and SSE endpoints. Each declares who may call it; without that, nobody may. By default an endpoint is limited, waits for the
    /// start, and forbids caches to store its responses.
    /// </summary>
    public static IEndpointRouteBuilder MapPrismGateway(this IEndpointRouteBuilder endpoints)
    {
        var all = endpoints.MapGroup("").AnswerHead().ErrorsAs(OpenAiErrorFormat.Instance);
        var local = all.MapGroup("").WithoutLimits().WhileStarting();
        var pages = local.MapGroup("").MayBeCached();
        var probes = local.MapGroup("").ForProbes().MayBeCached();
        var admin = all.MapGroup("").WithoutLimits();

        pages.MapGet("/", HomeEndpoint.Get).For(Access.Open);
        pages.MapGet("/favicon.ico", HomeEndpoint.Icon).For(Access.Open);

        all.MapPost("/v1/chat", ChatEndpoint.Native).For(Access.Chat).TakesBody();
        all.MapPost("/v1/chat/completions", ChatEndpoint.OpenAi).For(Access.Chat).TakesBody();

        all.MapGet("/v1/models", ModelsEndpoint.List).For(Access.Key);
        all.MapGet("/v1/models/{**model}", ModelsEndpoint.Get).For(Access.Key);
        local.MapGet("/providers", ProvidersEndpoint.List).For(Access.Key);

        all.MapGet("/v1/templates", TemplatesEndpoint.List).For(Access.Templates).ThatReads();
        all.MapGet("/v1/templates/{name}", TemplatesEndpoint.Get).For(Access.Templates);
        all.MapPut("/v1/templates/{name}", TemplatesEndpoint.Put).For(Access.Templates).ThatWrites().TakesBody();
        all.MapDelete("/v1/templates/{name}", TemplatesEndpoint.Delete).For(Access.Templates).ThatWrites();
        all.MapPost("/v1/templates/{name}/render", TemplatesEndpoint.Render).For(Access.Templates).TakesBody();

        all.MapGet("/v1/chains", ChainsEndpoint.List).For(Access.Chains).ThatReads();
        all.MapGet("/v1/chains/{name}", ChainsEndpoint.Get).For(Access.Chains).ThatReads();
        all.MapPut("/v1/chains/{name}", ChainsEndpoint.Put).For(Access.Chains).ThatWrites().TakesBody();
        all.MapDelete("/v1/chains/{name}", ChainsEndpoint.Delete).For(Access.Chains).ThatWrites();

        all.MapPost("/v1/runs", RunsEndpoint.Start).For(Access.Chains).ThatWrites().TakesBody();
        all.MapGet("/v1/runs", RunsEndpoint.List).For(Access.Chains).ThatReads();
        all.MapGet("/v1/runs/{id}", RunsEndpoint.Get).For(Access.Chains).ThatReads();
        all.MapDelete("/v1/runs/{id}", RunsEndpoint.Delete).For(Access.Chains).ThatWrites();
        all.MapGet("/v1/runs/{id}/events", RunsEndpoint.Watch).For(Access.Chains).ThatReads();
        all.MapPost("/v1/runs/{id}/cancel", RunsEndpoint.Cancel).For(Access.Chains).ThatWrites();

        admin.MapGet("/admin/providers", ProviderReportsEndpoint.List).For(Access.Admin);
        admin.MapDelete("/admin/providers/{name}/holds", ProviderReportsEndpoint.LiftHolds).For(Access.Admin).ThatWrites();
        admin.MapGet("/admin/keys", KeysEndpoint.List).For(Access.Admin).ThatReads();
        admin.MapPost("/admin/keys", KeysEndpoint.Create).For(Access.Admin).ThatWrites().TakesBody();
        admin.MapGet("/admin/keys/{id}", KeysEndpoint.Get).For(Access.Admin).ThatReads();
        admin.MapPatch("/admin/keys/{id}", KeysEndpoint.Patch).For(Access.Admin).ThatWrites().TakesBody();
        admin.MapDelete("/admin/keys/{id}", KeysEndpoint.Revoke).For(Access.Admin).ThatWrites();
        admin.MapGet("/admin/usage", UsageEndpoint.Get).For(Access.Admin).ThatReads();
        admin.MapDelete("/cache", CacheEndpoint.Clear).For(Access.Admin);

        local.MapGet("/health", HealthEndpoint.Report).For(Access.Key);
        probes.MapGet("/healthz", HealthEndpoint.Ready).For(Access.Open);
        probes.MapGet("/healthz/ready", HealthEndpoint.Ready).For(Access.Open);
        probes.MapGet("/healthz/live", HealthEndpoint.Live).For(Access.Open);

        pages.MapGet("/openapi/v1.json", OpenApiEndpoint.Document).For(Access.KeyInBrowser);
        pages.MapGet("/docs", OpenApiEndpoint.Page).For(Access.KeyInBrowser);
        return endpoints;
    }
}
