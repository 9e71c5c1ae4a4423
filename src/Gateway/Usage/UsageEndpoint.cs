using Microsoft.AspNetCore.Http;
using Prism.Errors;
using Prism.Json;

namespace Prism.Usage;

/// <summary>
/// <c>GET /admin/usage?from=2026-01-01&amp;to=2026-01-31&amp;group_by=key,model</c>: what was used, and what it cost, of UTC days; see
/// <see cref="UsageQuery"/> and <see cref="UsageBody"/>.
/// </summary>
internal static class UsageEndpoint
{
    public static async Task Get(HttpContext context, UsageClient usage, TimeProvider time)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var (query, error) = UsageQuery.Read(context.Request, today);
        if (query is null)
        {
            await context.WriteErrorAsync(error!);
            return;
        }

        var (total, groups) = (default(UsageSums), new Dictionary<UsageGroup, UsageSums>());
        await foreach (var (owner, entry) in usage.ReadAsync(query.From, query.To, context.RequestAborted))
        {
            var group = query.GroupOf(owner, entry.Line);
            groups[group] = groups.GetValueOrDefault(group) + entry.Sums;
            total += entry.Sums;
        }

        var rows = groups.OrderBy(group => group.Key).Select(group => UsageRow.Of(group.Value, group.Key));
        await context.Response.WriteJsonAsync(
            new UsageBody(query.From, query.To, query.GroupBy, query.GroupBy.IsEmpty ? [] : [.. rows], UsageRow.Of(total)), GatewayJson.Api.UsageBody);
    }
}
