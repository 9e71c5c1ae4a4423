using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Formats.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Keys;

namespace Prism.Gateway.Keys;

/// <summary>The body of <c>POST /admin/keys</c>: what the key may do and spend.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiKeyBody
{
    public string? Name { get; init; }

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

    /// <summary>The body of a key's terms.</summary>
    public static ApiKeyBody Of(ApiKeyTerms terms) => new()
    {
        Name = terms.Name,
        Providers = terms.Providers,
        Models = terms.Models,
        Scopes = terms.Scopes,
        RequestsPerMinute = terms.RequestsPerMinute,
        TokensPerMinute = terms.TokensPerMinute,
        TokensPerDay = terms.TokensPerDay,
        TokensPerMonth = terms.TokensPerMonth,
        BudgetUsdPerMonth = terms.BudgetUsdPerMonth,
        MaxConcurrency = terms.MaxConcurrency,
        ExpiresAt = terms.ExpiresAt,
    };

    /// <summary>These terms with the changes of a <c>PATCH</c>: a property that is present is set, and null removes the restriction.</summary>
    /// <remarks>Source: RFC 7396, JSON Merge Patch.</remarks>
    /// <returns>The changed terms, or the error in the patch.</returns>
    public (ApiKeyBody? Body, ChatError? Error) With(Dictionary<string, JsonElement> patch)
    {
        var current = JsonSerializer.SerializeToUtf8Bytes(this, GatewayJson.Api.ApiKeyBody);
        var merged = JsonSerializer.Deserialize(current, GatewayJson.Api.DictionaryStringJsonElement)!;
        foreach (var (name, value) in patch)
        {
            merged[name] = value;
        }

        return StrictJson.Read(JsonSerializer.SerializeToUtf8Bytes(merged, GatewayJson.Api.DictionaryStringJsonElement), GatewayJson.Api.ApiKeyBody);
    }

    /// <summary>The key's terms, or the error in the body.</summary>
    public (ApiKeyTerms? Terms, ChatError? Error) ToTerms() => Name is null
        ? (null, ChatError.Invalid("'name' is missing: a name for people.", "name"))
        : (new()
        {
            Name = Name,
            Providers = Providers,
            Models = Models,
            Scopes = Scopes,
            RequestsPerMinute = RequestsPerMinute,
            TokensPerMinute = TokensPerMinute,
            TokensPerDay = TokensPerDay,
            TokensPerMonth = TokensPerMonth,
            BudgetUsdPerMonth = BudgetUsdPerMonth,
            MaxConcurrency = MaxConcurrency,
            ExpiresAt = ExpiresAt?.ToUniversalTime(),
        }, null);
}
