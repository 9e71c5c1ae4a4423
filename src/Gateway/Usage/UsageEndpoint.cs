using Microsoft.AspNetCore.Http;
using Prism.Gateway.Errors;
using Prism.Gateway.Json;
using Prism.Gateway.Keys;
using Prism.Gateway.OpenApi;
using Prism.Gateway.Storage;
using Prism.Grains.Interfaces.Usage;

namespace Prism.Gateway.Usage;

/// <summary>
/// <c>GET /admin/usage?from=2026-01-01&amp;to=2026-01-31&amp;group_by=key,model</c>: usage and cost of UTC days. See <see cref="UsageQuery"/> and
/// <see cref="UsageBody"/>.
/// </summary>
internal static class UsageEndpoint
{
    [Reads("UsageFrom", "UsageTo", "UsageGroups", "PageLimit", "PageAfter"), Gives<UsageBody>, Fails(400)]
    public static async Task Get(HttpContext context, UsageClient usage, OwnerNames names, StorageCalls storage, TimeProvider time)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var (query, error) = UsageQuery.Read(context.Request, today);
        if (query is null)
        {
            await context.WriteErrorAsync(error!);
            return;
        }

        var (total, groups) = (default(UsageSums), new Dictionary<UsageGroup, UsageSums>());
        await using var entries = usage.ReadAsync(query.From, query.To, context.RequestAborted).GetAsyncEnumerator(context.RequestAborted);
        while (await storage.AskAsync(_ => entries.MoveNextAsync().AsTask(), context.RequestAborted))
        {
            var (owner, entry) = entries.Current;
            var group = query.GroupOf(owner, entry.Line);
            groups[group] = groups.GetValueOrDefault(group) + entry.Sums;
            total += entry.Sums;
        }

        var all = query.GroupBy.IsEmpty ? [] : groups.Where(group => query.IsBehind(group.Key)).OrderBy(group => group.Key).ToList();
        var page = all.Take(query.Page.Limit ?? int.MaxValue).ToList();
        var called = await storage.AskAsync(end => names.FindAsync(page.Select(group => group.Key.Key).OfType<string>(), end), context.RequestAborted);
        var rows = page.Select(group => UsageRow.Of(group.Value, group.Key) with { KeyName = called.GetValueOrDefault(group.Key.Key ?? "") });
        var next = page.Count < all.Count ? page[^1].Key.ToCursor() : null;
        await context.Response.WriteJsonAsync(
            new UsageBody(query.From, query.To, query.GroupBy, [.. rows], UsageRow.Of(total), next), GatewayJson.Api.UsageBody);
    }
}
