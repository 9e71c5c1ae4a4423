using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Prism.Gateway.Auth;
using Prism.Gateway.Errors;
using Prism.Gateway.Json;
using Prism.Gateway.OpenApi;
using Prism.Gateway.Overload;
using Prism.Gateway.Storage;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Chains;

/// <summary><c>/v1/chains</c></summary>
internal static class ChainsEndpoint
{
    // A name from a body may be as long as the body.
    private const int LongestName = 64;

    [Gives<ChainList>]
    public static async Task List(HttpContext context, IGrainFactory grains, StorageCalls storage)
    {
        var owner = context.GetOwner();
        var chains = await storage.AskAsync(
            async _ =>
            {
                var names = await grains.GetGrain<INamesGrain>(GrainKeys.ChainNames(owner)).ListAsync();
                return await Task.WhenAll(names.Select(name => GrainOf(grains, owner, name).DescribeAsync()));
            },
            context.RequestAborted);
        await context.Response.WriteJsonAsync(new ChainList([.. chains.OfType<ChainSummary>()]), GatewayJson.Api.ChainList);
    }

    [Reads("ChainName"), Gives<ChainBody>, Fails(404)]
    public static async Task Get(HttpContext context, string name, IGrainFactory grains, StorageCalls storage)
    {
        var chain = await storage.AskAsync(_ => FindAsync(grains, context.GetOwner(), name), context.RequestAborted);
        await (chain is null
            ? context.WriteErrorAsync(NotFound(name))
            : context.Response.WriteJsonAsync(ChainBody.Of(chain), GatewayJson.Api.ChainBody));
    }

    [Reads("ChainName"), Takes<ChainBody>, Gives<ChainBody>, Gives<ChainBody>(201), Fails(409)]
    public static async Task Put(HttpContext context, string name, IGrainFactory grains, StorageCalls storage)
    {
        if (await context.ReadJsonBodyAsync(GatewayJson.Api.ChainBody) is not { } body)
        {
            return;
        }

        var outcome = (StoredName.Check("chain", name) ?? body.Check(name)) is { } refused
            ? new() { Error = refused }
            : await storage.AskAsync(_ => GrainOf(grains, context.GetOwner(), name).PutAsync(body.ToDraft()), context.RequestAborted);
        if (outcome.Chain is not { } chain)
        {
            await context.WriteErrorAsync(outcome.Error!);
            return;
        }

        context.Response.StatusCode = outcome.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await context.Response.WriteJsonAsync(ChainBody.Of(chain), GatewayJson.Api.ChainBody);
    }

    [Reads("ChainName"), GivesNothing, Fails(404)]
    public static async Task Delete(HttpContext context, string name, IGrainFactory grains, StorageCalls storage)
    {
        if (StoredName.Check("chain", name) is null
            && await storage.AskAsync(_ => GrainOf(grains, context.GetOwner(), name).DeleteAsync(), context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await context.WriteErrorAsync(NotFound(name));
    }

    /// <summary>The error for a chain that does not exist.</summary>
    public static ChatError NotFound(string name) => new()
    {
        Kind = ChatErrorKind.NotFound,
        Message = $"There is no chain '{(name.Length > LongestName ? name[..LongestName] + "…" : name)}'.",
        Param = "name",
        Code = "chain_not_found",
    };

    /// <summary>A chain; null if it does not exist.</summary>
    public static async Task<StoredChain?> FindAsync(IGrainFactory grains, string owner, string name) =>
        StoredName.Check("chain", name) is null ? await GrainOf(grains, owner, name).GetAsync() : null;

    private static IChainCatalogGrain GrainOf(IGrainFactory grains, string owner, string name) =>
        grains.GetGrain<IChainCatalogGrain>(GrainKeys.Chain(owner, name));
}

/// <summary>The body of <c>GET /v1/chains</c>.</summary>
internal sealed record ChainList(ImmutableArray<ChainSummary> Chains);
