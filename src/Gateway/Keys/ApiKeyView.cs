using System.Collections.Immutable;
using Prism.Gateway.Limits;
using Prism.Gateway.Usage;
using Prism.Grains.Interfaces.Keys;

namespace Prism.Gateway.Keys;

/// <summary>A key in responses of <c>/admin/keys</c>. A property that is absent does not restrict the key.</summary>
internal sealed record ApiKeyView
{
    public const string Active = "active";
    public const string Expired = "expired";
    public const string Revoked = "revoked";

    public required string Id { get; init; }

    /// <summary>The key itself. Only the response to the request that created it has it.</summary>
    public string? Key { get; init; }

    public required string Name { get; init; }

    /// <summary><c>active</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public required string Status { get; init; }

    public ImmutableArray<string>? Providers { get; init; }

    public ImmutableArray<string>? Models { get; init; }

    public ImmutableArray<string>? Scopes { get; init; }

    public long? RequestsPerMinute { get; init; }

    public long? TokensPerMinute { get; init; }

    public long? TokensPerDay { get; init; }

    public long? TokensPerMonth { get; init; }

    public decimal? BudgetUsdPerMonth { get; init; }

    public long? MaxConcurrency { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The state of its limits. Only in the response for one key.</summary>
    public ImmutableArray<LimitView>? Limits { get; init; }

    /// <summary>The usage of the key. Only in the response for one key.</summary>
    public ApiKeyUsage? Usage { get; init; }

    public static ApiKeyView Of(ApiKey key, DateTimeOffset now) => new()
    {
        Id = key.Id,
        Name = key.Terms.Name,
        Status = key.IsGoodAt(now) ? Active : key.RevokedAt is null ? Expired : Revoked,
        Providers = key.Terms.Providers,
        Models = key.Terms.Models,
        Scopes = key.Terms.Scopes,
        RequestsPerMinute = key.Terms.RequestsPerMinute,
        TokensPerMinute = key.Terms.TokensPerMinute,
        TokensPerDay = key.Terms.TokensPerDay,
        TokensPerMonth = key.Terms.TokensPerMonth,
        BudgetUsdPerMonth = key.Terms.BudgetUsdPerMonth,
        MaxConcurrency = key.Terms.MaxConcurrency,
        ExpiresAt = key.Terms.ExpiresAt,
        CreatedAt = key.CreatedAt,
        RevokedAt = key.RevokedAt,
    };
}

/// <summary>The usage of a key.</summary>
/// <param name="Today">On this UTC day.</param>
/// <param name="Month">In its month.</param>
internal sealed record ApiKeyUsage(UsageRow Today, UsageRow Month);

/// <summary>The body of <c>GET /admin/keys</c>.</summary>
/// <param name="Keys">The keys, oldest first.</param>
/// <param name="Next">The cursor of the next page; null on the last.</param>
internal sealed record ApiKeyList(ImmutableArray<ApiKeyView> Keys, string? Next = null);
