using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Prism.Gateway.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Keys;

/// <summary>
/// Which keys to list: <c>status</c> is <c>active</c>, <c>expired</c>, <c>revoked</c> or <c>all</c>; without it, all that are not revoked.
/// </summary>
/// <param name="Status">The status; null for all but <c>revoked</c>.</param>
/// <param name="Page">The page.</param>
internal sealed record KeysQuery(string? Status, Page Page)
{
    public const string All = "all";

    private static readonly ImmutableArray<string> Statuses = [ApiKeyView.Active, ApiKeyView.Expired, ApiKeyView.Revoked, All];

    /// <summary>Whether the list includes revoked keys.</summary>
    public bool WithRevoked => Status is ApiKeyView.Revoked or All;

    /// <summary>Reads it from the query, or returns the error in it.</summary>
    public static (KeysQuery? Query, ChatError? Error) Read(HttpRequest request)
    {
        var (page, error) = Page.Read(request);
        return request.Query["status"] switch
        {
            _ when error is not null => (null, error),
            [] => (new(null, page!), null),
            [{ } status] when Statuses.Contains(status) => (new(status, page!), null),
            _ => (null, ChatError.Invalid($"'status' must be one of {string.Join(", ", Statuses)}.", "status")),
        };
    }

    /// <summary>Whether the list includes a key.</summary>
    public bool Matches(ApiKeyView key) => Status switch
    {
        null => key.Status != ApiKeyView.Revoked,
        All => true,
        _ => key.Status == Status,
    };
}
