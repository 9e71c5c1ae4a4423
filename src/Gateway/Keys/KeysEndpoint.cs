using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Prism.Gateway.Errors;
using Prism.Gateway.Json;
using Prism.Gateway.Limits;
using Prism.Gateway.OpenApi;
using Prism.Gateway.Overload;
using Prism.Gateway.Storage;
using Prism.Gateway.Usage;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Interfaces.Usage;
using Prism.Pipeline;

namespace Prism.Gateway.Keys;

/// <summary><c>/admin/keys</c>. A key exists only here, in one response; Prism stores its hash.</summary>
internal sealed class KeysEndpoint(
    IGrainFactory grains, UsageClient usage, StorageCalls storage, ISnapshotSource snapshots, TimeProvider time)
{
    // Other requests may change other terms of the same key at the same time.
    private const int PatchAttempts = 3;

    // How many keys are read at the same time.
    private const int AtOnce = 64;

    // Keys that callers created while the service was open would let them in once it is closed.
    private static readonly ChatError NoAdmin = new()
    {
        Kind = ChatErrorKind.PermissionDenied,
        Message = "API keys need an admin key: set LLM_ADMIN_API_KEY.",
    };

    /// <summary><c>POST /admin/keys</c></summary>
    [Takes<ApiKeyBody>, Gives<ApiKeyView>(201), SendsHeaders("Location"), Fails(409)]
    public static Task Create(HttpContext context, KeysEndpoint endpoint) => endpoint.RunAsync(context, endpoint.CreateAsync);

    /// <summary><c>GET /admin/keys</c>: see <see cref="KeysQuery"/>.</summary>
    [Reads("KeyStatus", "PageLimit", "PageAfter"), Gives<ApiKeyList>, Fails(400)]
    public static Task List(HttpContext context, KeysEndpoint endpoint) => endpoint.RunAsync(context, endpoint.ListAsync);

    /// <summary><c>GET /admin/keys/{id}</c></summary>
    [Reads("KeyId"), Gives<ApiKeyView>, Fails(404)]
    public static Task Get(HttpContext context, string id, KeysEndpoint endpoint) =>
        endpoint.RunAsync(context, id, grain => endpoint.GetAsync(context, grain));

    /// <summary><c>PATCH /admin/keys/{id}</c></summary>
    [Reads("KeyId"), TakesPatch<ApiKeyBody>("ApiKeyPatch"), Gives<ApiKeyView>, Fails(404, 409)]
    public static Task Patch(HttpContext context, string id, KeysEndpoint endpoint) =>
        endpoint.RunAsync(context, id, grain => endpoint.PatchAsync(context, grain));

    /// <summary><c>DELETE /admin/keys/{id}</c></summary>
    [Reads("KeyId"), GivesNothing, Fails(404)]
    public static Task Revoke(HttpContext context, string id, KeysEndpoint endpoint) =>
        endpoint.RunAsync(context, id, grain => endpoint.RevokeAsync(context, grain));

    private Task RunAsync(HttpContext context, Func<HttpContext, Task> handle) =>
        snapshots.Current.Auth.AdminApiKey is null ? context.WriteErrorAsync(NoAdmin) : handle(context);

    // An id of another form has no grain.
    private Task RunAsync(HttpContext context, string id, Func<IApiKeyGrain, Task> handle) => RunAsync(
        context, _ => GrainKeys.IsApiKey(id) ? handle(GrainOf(id)) : context.WriteErrorAsync(NotFound));

    private async Task CreateAsync(HttpContext context)
    {
        if (await context.ReadJsonBodyAsync(GatewayJson.Api.ApiKeyBody) is not { } body)
        {
            return;
        }

        var (terms, refused) = body.ToTerms();
        if (refused is not null)
        {
            await context.WriteErrorAsync(refused);
            return;
        }

        var key = IssuedKey.Create();
        var hash = IssuedKey.HashOf(key);
        var outcome = await storage.AskAsync(
            _ => GrainOf(GrainKeys.ApiKey(hash)).CreateAsync(terms!, Convert.ToHexStringLower(hash)), context.RequestAborted);
        if (outcome.Error is { } error)
        {
            await context.WriteErrorAsync(error);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/admin/keys/{outcome.Key!.Id}";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteJsonAsync(ViewOf(outcome.Key) with { Key = key }, GatewayJson.Api.ApiKeyView);
    }

    private async Task ListAsync(HttpContext context)
    {
        var (query, refused) = KeysQuery.Read(context.Request);
        if (query is null)
        {
            await context.WriteErrorAsync(refused!);
            return;
        }

        var keys = await storage.AskAsync(end => FindAsync(query, end), context.RequestAborted);
        var begin = query.Page.After is { } after ? keys.FindIndex(key => key.Id == after) + 1 : 0;
        if (begin == 0 && query.Page.After is not null)
        {
            await context.WriteErrorAsync(Page.WrongCursor);
            return;
        }

        var page = keys.Skip(begin).Take(query.Page.Limit ?? int.MaxValue).ToList();
        var isLast = begin + page.Count >= keys.Count;
        await context.Response.WriteJsonAsync(new ApiKeyList([.. page], isLast ? null : page[^1].Id), GatewayJson.Api.ApiKeyList);
    }

    private async Task<List<ApiKeyView>> FindAsync(KeysQuery query, CancellationToken cancellationToken)
    {
        var found = new List<ApiKey>();
        foreach (var some in (await ReadIdsAsync(query)).Chunk(AtOnce))
        {
            found.AddRange((await Task.WhenAll(some.Select(id => GrainOf(id).GetAsync())).WaitAsync(cancellationToken)).OfType<ApiKey>());
        }

        return [.. found.OrderBy(key => key.CreatedAt).ThenBy(key => key.Id, StringComparer.Ordinal).Select(ViewOf).Where(query.Matches)];
    }

    private async Task<IEnumerable<string>> ReadIdsAsync(KeysQuery query)
    {
        var ids = await grains.GetGrain<INamesGrain>(GrainKeys.ApiKeyNames).ListAsync();
        // A key that is being revoked is in both.
        return query.WithRevoked ? ids.Union(await grains.GetGrain<INamesGrain>(GrainKeys.RevokedApiKeyNames).ListAsync()) : ids;
    }

    private async Task GetAsync(HttpContext context, IApiKeyGrain grain)
    {
        if (await storage.AskAsync(_ => grain.GetAsync(), context.RequestAborted) is not { } key)
        {
            await context.WriteErrorAsync(NotFound);
            return;
        }

        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var (today, month) = await storage.AskAsync(end => usage.SumAsync(key.Id, day, end), context.RequestAborted);
        var view = ViewOf(key) with
        {
            Limits = LimitView.Of(await storage.AskAsync(_ => grain.GetStatusAsync(), context.RequestAborted)),
            Usage = new(UsageRow.Of(today), UsageRow.Of(month)),
        };
        await context.Response.WriteJsonAsync(view, GatewayJson.Api.ApiKeyView);
    }

    private async Task PatchAsync(HttpContext context, IApiKeyGrain grain)
    {
        if (await context.ReadJsonBodyAsync(GatewayJson.Api.DictionaryStringJsonElement) is not { } patch)
        {
            return;
        }

        for (var attempt = 1; ; attempt++)
        {
            if (await storage.AskAsync(_ => grain.GetAsync(), context.RequestAborted) is not { } key)
            {
                await context.WriteErrorAsync(NotFound);
                return;
            }

            var (terms, refused) = Merge(key, patch);
            if (refused is not null)
            {
                await context.WriteErrorAsync(refused);
                return;
            }

            var outcome = await storage.AskAsync(_ => grain.ChangeAsync(terms!, key.Version), context.RequestAborted);
            if (outcome.Error is { Code: "key_changed" } && attempt < PatchAttempts)
            {
                continue;
            }

            await (outcome.Error is { } error
                ? context.WriteErrorAsync(error)
                : context.Response.WriteJsonAsync(ViewOf(outcome.Key!), GatewayJson.Api.ApiKeyView));
            return;
        }
    }

    private async Task RevokeAsync(HttpContext context, IApiKeyGrain grain)
    {
        if (await storage.AskAsync(_ => grain.RevokeAsync(), context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await context.WriteErrorAsync(NotFound);
    }

    private static (ApiKeyTerms? Terms, ChatError? Error) Merge(ApiKey key, Dictionary<string, JsonElement> patch)
    {
        var (body, error) = ApiKeyBody.Of(key.Terms).With(patch);
        return body?.ToTerms() ?? (null, error);
    }

    private static ChatError NotFound { get; } = new()
    {
        Kind = ChatErrorKind.NotFound,
        Message = "This key does not exist.",
        Param = "id",
        Code = "key_not_found",
    };

    private ApiKeyView ViewOf(ApiKey key) => ApiKeyView.Of(key, time.GetUtcNow());

    private IApiKeyGrain GrainOf(string id) => grains.GetGrain<IApiKeyGrain>(id);
}
