using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
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
    /// Adds the middlewares in front of every endpoint: request id, error objects, readiness, authentication, storage, the request's body, and the
    /// limit on concurrent requests.
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
    /// Maps the REST and SSE endpoints. An endpoint without a declared access is closed. By default an endpoint is limited, is not served during the
    /// start, and forbids caches to store its responses.
    /// </summary>
    public static IEndpointRouteBuilder MapPrismGateway(this IEndpointRouteBuilder endpoints)
    {
        var all = endpoints.MapGroup("").AnswerHead().ErrorsAs(OpenAiErrorFormat.Instance);
        var local = all.MapGroup("").WithoutLimits().WhileStarting();
        var pages = local.MapGroup("").MayBeCached();
        var probes = local.MapGroup("").ForProbes().MayBeCached();
        var admin = all.MapGroup("").WithoutLimits();

        pages.MapGet("/", HomeEndpoint.Get).For(Access.Open).WithName("home");
        pages.MapGet("/favicon.ico", HomeEndpoint.Icon).For(Access.Open).WithName("icon");

        // Not by parameters of their handlers, which would open a scope of services for each call.
        var chat = endpoints.ServiceProvider.GetRequiredService<ChatEndpoint>();
        all.MapPost("/v1/chat", chat.Native).For(Access.Chat).IsChat().WithName("chat");
        all.MapPost("/v1/chat/completions", chat.OpenAi).For(Access.Chat).IsChat().WithName("createChatCompletion");

        all.MapGet("/v1/models", ModelsEndpoint.List).For(Access.Key).WithName("listModels");
        all.MapGet("/v1/models/{**model}", ModelsEndpoint.Get).For(Access.Key).WithName("getModel");
        local.MapGet("/providers", ProvidersEndpoint.List).For(Access.Key).WithName("listProviders");

        all.MapGet("/v1/templates", TemplatesEndpoint.List).For(Access.Templates).ThatReads().WithName("listTemplates");
        all.MapGet("/v1/templates/{name}", TemplatesEndpoint.Get).For(Access.Templates).WithName("getTemplate");
        all.MapPut("/v1/templates/{name}", TemplatesEndpoint.Put).For(Access.Templates).ThatWrites().WithName("putTemplate");
        all.MapDelete("/v1/templates/{name}", TemplatesEndpoint.Delete).For(Access.Templates).ThatWrites().WithName("deleteTemplate");
        all.MapPost("/v1/templates/{name}/render", TemplatesEndpoint.Render).For(Access.Templates).WithName("renderTemplate");

        all.MapGet("/v1/chains", ChainsEndpoint.List).For(Access.Chains).ThatReads().WithName("listChains");
        all.MapGet("/v1/chains/{name}", ChainsEndpoint.Get).For(Access.Chains).ThatReads().WithName("getChain");
        all.MapPut("/v1/chains/{name}", ChainsEndpoint.Put).For(Access.Chains).ThatWrites().WithName("putChain");
        all.MapDelete("/v1/chains/{name}", ChainsEndpoint.Delete).For(Access.Chains).ThatWrites().WithName("deleteChain");

        all.MapPost("/v1/runs", RunsEndpoint.Start).For(Access.Chains).ThatWrites().WithName("startRun");
        all.MapGet("/v1/runs", RunsEndpoint.List).For(Access.Chains).ThatReads().WithName("listRuns");
        all.MapGet("/v1/runs/{id}", RunsEndpoint.Get).For(Access.Chains).ThatReads().WithName("getRun");
        all.MapDelete("/v1/runs/{id}", RunsEndpoint.Delete).For(Access.Chains).ThatWrites().WithName("deleteRun");
        all.MapGet("/v1/runs/{id}/events", RunsEndpoint.Watch).For(Access.Chains).ThatReads().WithName("watchRun");
        all.MapPost("/v1/runs/{id}/cancel", RunsEndpoint.Cancel).For(Access.Chains).ThatWrites().WithName("cancelRun");

        admin.MapGet("/admin/providers", ProviderReportsEndpoint.List).For(Access.Admin).WithName("providerReports");
        admin.MapDelete("/admin/providers/{name}/holds", ProviderReportsEndpoint.LiftHolds).For(Access.Admin).ThatWrites().WithName("liftProviderHolds");
        admin.MapGet("/admin/keys", KeysEndpoint.List).For(Access.Admin).ThatReads().WithName("listKeys");
        admin.MapPost("/admin/keys", KeysEndpoint.Create).For(Access.Admin).ThatWrites().WithName("createKey");
        admin.MapGet("/admin/keys/{id}", KeysEndpoint.Get).For(Access.Admin).ThatReads().WithName("getKey");
        admin.MapPatch("/admin/keys/{id}", KeysEndpoint.Patch).For(Access.Admin).ThatWrites().WithName("changeKey");
        admin.MapDelete("/admin/keys/{id}", KeysEndpoint.Revoke).For(Access.Admin).ThatWrites().WithName("revokeKey");
        admin.MapGet("/admin/usage", UsageEndpoint.Get).For(Access.Admin).ThatReads().WithName("usage");
        admin.MapDelete("/cache", CacheEndpoint.Clear).For(Access.Admin).WithName("clearCache");

        local.MapGet("/health", HealthEndpoint.Report).For(Access.Key).WithName("health");
        probes.MapGet("/healthz", HealthEndpoint.Ready).For(Access.Open).WithName("ready");
        probes.MapGet("/healthz/ready", HealthEndpoint.Ready).For(Access.Open).WithName("readyProbe");
        probes.MapGet("/healthz/live", HealthEndpoint.Live).For(Access.Open).WithName("liveProbe");

        pages.MapGet("/openapi/v1.json", OpenApiEndpoint.Document).For(Access.KeyInBrowser).WithName("openapi");
        pages.MapGet("/docs", OpenApiEndpoint.Page).For(Access.KeyInBrowser).WithName("docs");
        return endpoints;
    }
}
