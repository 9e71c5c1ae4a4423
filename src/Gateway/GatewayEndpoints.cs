using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Prism.Formats.Prism.Chat;
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
using Prism.Gateway.Limits;
using Prism.Gateway.OpenApi;
using Prism.Gateway.Overload;
using Prism.Gateway.Providers;
using Prism.Gateway.RequestIds;
using Prism.Gateway.Storage;
using Prism.Gateway.Templates;
using Prism.Gateway.Usage;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;

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

        pages.MapGet("/", HomeEndpoint.Get).For(Access.Open)
            .Named("home").Gives<HomeBody>().GivesMedia("text/html");
        pages.MapGet("/favicon.ico", HomeEndpoint.Icon).For(Access.Open)
            .Named("icon").GivesMedia("image/x-icon");

        all.MapPost("/v1/chat", ChatEndpoint.Native).For(Access.Chat)
            .Named("chat").IsCall().Gives<NativeResponse>().Streams<NativeChunk>();
        all.MapPost("/v1/chat/completions", ChatEndpoint.OpenAi).For(Access.Chat)
            .Named("createChatCompletion").IsCall().Gives<ChatResponse>().Streams<ChatChunk>();

        all.MapGet("/v1/models", ModelsEndpoint.List).For(Access.Key)
            .Named("listModels").Gives<ModelList>();
        all.MapGet("/v1/models/{**model}", ModelsEndpoint.Get).For(Access.Key)
            .Named("getModel").Reads("ModelName").Gives<Model>().Fails(404);
        local.MapGet("/providers", ProvidersEndpoint.List).For(Access.Key)
            .Named("listProviders").Gives<ProviderList>();

        all.MapGet("/v1/templates", TemplatesEndpoint.List).For(Access.Templates).ThatReads()
            .Named("listTemplates").Gives<TemplateList>();
        all.MapGet("/v1/templates/{name}", TemplatesEndpoint.Get).For(Access.Templates)
            .Named("getTemplate").Reads("TemplateName").Gives<PromptTemplate>().Fails(404);
        all.MapPut("/v1/templates/{name}", TemplatesEndpoint.Put).For(Access.Templates).ThatWrites()
            .Named("putTemplate").Reads("TemplateName").Takes<TemplateBody>().Gives<PromptTemplate>().Gives<PromptTemplate>(201).Fails(409);
        all.MapDelete("/v1/templates/{name}", TemplatesEndpoint.Delete).For(Access.Templates).ThatWrites()
            .Named("deleteTemplate").Reads("TemplateName").GivesNothing().Fails(404, 409);
        all.MapPost("/v1/templates/{name}/render", TemplatesEndpoint.Render).For(Access.Templates)
            .Named("renderTemplate").Reads("TemplateName").Takes<RenderRequest>().Gives<RenderResponse>().Fails(404, 429);

        all.MapGet("/v1/chains", ChainsEndpoint.List).For(Access.Chains).ThatReads()
            .Named("listChains").Gives<ChainList>();
        all.MapGet("/v1/chains/{name}", ChainsEndpoint.Get).For(Access.Chains).ThatReads()
            .Named("getChain").Reads("ChainName").Gives<ChainBody>().Fails(404);
        all.MapPut("/v1/chains/{name}", ChainsEndpoint.Put).For(Access.Chains).ThatWrites()
            .Named("putChain").Reads("ChainName").Takes<ChainBody>().Gives<ChainBody>().Gives<ChainBody>(201).Fails(409);
        all.MapDelete("/v1/chains/{name}", ChainsEndpoint.Delete).For(Access.Chains).ThatWrites()
            .Named("deleteChain").Reads("ChainName").GivesNothing().Fails(404);

        all.MapPost("/v1/runs", RunsEndpoint.Start).For(Access.Chains).ThatWrites()
            .Named("startRun").Reads("IdempotencyKey", "Deltas").Takes<RunBody>().Gives<ChainRun>().Gives<ChainRun>(202).Streams<ChainEvent>()
            .Tells(HeaderNames.Location).Tells(RateLimitHeaders.All).Fails(409, 422, 429);
        all.MapGet("/v1/runs", RunsEndpoint.List).For(Access.Chains).ThatReads()
            .Named("listRuns").Reads("RunStatus", "RunLimit", "RunAfter").Gives<RunPage>().Fails(400);
        all.MapGet("/v1/runs/{id}", RunsEndpoint.Get).For(Access.Chains).ThatReads()
            .Named("getRun").Reads("RunId").Gives<ChainRun>().Fails(404);
        all.MapDelete("/v1/runs/{id}", RunsEndpoint.Delete).For(Access.Chains).ThatWrites()
            .Named("deleteRun").Reads("RunId").GivesNothing().Fails(404, 409);
        all.MapGet("/v1/runs/{id}/events", RunsEndpoint.Watch).For(Access.Chains).ThatReads()
            .Named("watchRun").Reads("RunId", "LastEventId", "Deltas").Streams<ChainEvent>().GivesNothing().Fails(400, 404);
        all.MapPost("/v1/runs/{id}/cancel", RunsEndpoint.Cancel).For(Access.Chains).ThatWrites()
            .Named("cancelRun").Reads("RunId").Gives<ChainRun>().Fails(404);

        admin.MapGet("/admin/providers", ProviderReportsEndpoint.List).For(Access.Admin)
            .Named("providerReports").Gives<ProviderReportList>();
        admin.MapDelete("/admin/providers/{name}/holds", ProviderReportsEndpoint.LiftHolds).For(Access.Admin).ThatWrites()
            .Named("liftProviderHolds").Reads("ProviderName").GivesNothing().Fails(404);
        admin.MapGet("/admin/keys", KeysEndpoint.List).For(Access.Admin).ThatReads()
            .Named("listKeys").Reads("KeyStatus", "PageLimit", "PageAfter").Gives<ApiKeyList>().Fails(400);
        admin.MapPost("/admin/keys", KeysEndpoint.Create).For(Access.Admin).ThatWrites()
            .Named("createKey").Takes<ApiKeyBody>().Gives<ApiKeyView>(201).Tells(HeaderNames.Location).Fails(409);
        admin.MapGet("/admin/keys/{id}", KeysEndpoint.Get).For(Access.Admin).ThatReads()
            .Named("getKey").Reads("KeyId").Gives<ApiKeyView>().Fails(404);
        admin.MapPatch("/admin/keys/{id}", KeysEndpoint.Patch).For(Access.Admin).ThatWrites()
            .Named("changeKey").Reads("KeyId").TakesPatch<ApiKeyBody>("ApiKeyPatch").Gives<ApiKeyView>().Fails(404, 409);
        admin.MapDelete("/admin/keys/{id}", KeysEndpoint.Revoke).For(Access.Admin).ThatWrites()
            .Named("revokeKey").Reads("KeyId").GivesNothing().Fails(404);
        admin.MapGet("/admin/usage", UsageEndpoint.Get).For(Access.Admin).ThatReads()
            .Named("usage").Reads("UsageFrom", "UsageTo", "UsageGroups", "PageLimit", "PageAfter").Gives<UsageBody>().Fails(400);
        admin.MapDelete("/cache", CacheEndpoint.Clear).For(Access.Admin)
            .Named("clearCache").Gives<StatusBody>();

        local.MapGet("/health", HealthEndpoint.Report).For(Access.Key)
            .Named("health").Gives<HealthReport>();
        probes.MapGet("/healthz", HealthEndpoint.Ready).For(Access.Open)
            .Named("ready").Gives<StatusBody>().Gives<StatusBody>(503);
        probes.MapGet("/healthz/ready", HealthEndpoint.Ready).For(Access.Open)
            .Named("readyProbe").Gives<StatusBody>().Gives<StatusBody>(503);
        probes.MapGet("/healthz/live", HealthEndpoint.Live).For(Access.Open)
            .Named("liveProbe").Gives<StatusBody>();

        pages.MapGet("/openapi/v1.json", OpenApiEndpoint.Document).For(Access.KeyInBrowser)
            .Named("openapi").GivesMedia("application/json");
        pages.MapGet("/docs", OpenApiEndpoint.Page).For(Access.KeyInBrowser)
            .Named("docs").GivesMedia("text/html");
        return endpoints;
    }

    // What both chats have in common in the document.
    private static IEndpointConventionBuilder IsCall(this IEndpointConventionBuilder endpoint) => endpoint
        .Reads("Provider", "CacheControl", "CacheTtl")
        .Takes<ChatRequest>().AlsoDescribes<ContentPart>().AlsoDescribes<ChatChoice>().AlsoDescribes<ApiErrorBody>()
        .Tells("x-prism-provider", "x-prism-attempts", "x-prism-cache", "Age", "x-prism-warnings").Tells(RateLimitHeaders.All)
        .Fails(404, 422, 429, 502, 504);
}
