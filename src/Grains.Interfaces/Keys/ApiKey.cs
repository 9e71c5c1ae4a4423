using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Keys;

/// <summary>An API key that Prism has made, without the key itself, which only its user has.</summary>
[GenerateSerializer, Immutable, Alias("prism.api-key")]
public sealed record ApiKey
{
    /// <summary>Its id, <c>key_…</c>, which is no secret. It owns everything that is created with the key.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>What the key may do.</summary>
    [Id(1)] public required ApiKeyTerms Terms { get; init; }

    /// <summary>How often its terms have been set, from 1.</summary>
    [Id(2)] public required int Version { get; init; }

    /// <summary>When it was made.</summary>
    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was revoked, for ever; null where it was not.</summary>
    [Id(4)] public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whether it opens anything at a time.</summary>
    public bool IsGoodAt(DateTimeOffset now) => RevokedAt is null && !(Terms.ExpiresAt <= now);
}

/// <summary>What an <see cref="ApiKey"/> may do and spend. Null does not restrict.</summary>
[GenerateSerializer, Immutable, Alias("prism.api-key-terms")]
public sealed record ApiKeyTerms
{
    /// <summary>Its name for people. Names need not be unique.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The providers that may be called.</summary>
    [Id(1)] public ImmutableArray<string>? Providers { get; init; }

    /// <summary>
    /// The models that may be called, as <c>model</c> or <c>provider/model</c>. A final <c>*</c> matches every rest of a name.
    /// </summary>
    [Id(2)] public ImmutableArray<string>? Models { get; init; }

    /// <summary>The parts of the API that may be used, of <see cref="ApiKeyScopes.All"/>.</summary>
    [Id(3)] public ImmutableArray<string>? Scopes { get; init; }

    /// <summary>Requests in any 60 s.</summary>
    [Id(4)] public long? RequestsPerMinute { get; init; }

    /// <summary>Tokens in any 60 s, prompts and answers.</summary>
    [Id(5)] public long? TokensPerMinute { get; init; }

    /// <summary>Tokens of a UTC day.</summary>
    [Id(6)] public long? TokensPerDay { get; init; }

    /// <summary>Tokens of a UTC month.</summary>
    [Id(7)] public long? TokensPerMonth { get; init; }

    /// <summary>Requests that are being answered at the same time.</summary>
    [Id(8)] public long? MaxConcurrency { get; init; }

    /// <summary>When it ceases to be good.</summary>
    [Id(9)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>USD of a UTC month, to the millionth.</summary>
    [Id(10)] public decimal? BudgetUsdPerMonth { get; init; }
}

/// <summary>How a change of an <see cref="ApiKey"/> ended: either <see cref="Key"/> or <see cref="Error"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("prism.api-key-outcome")]
public sealed record ApiKeyOutcome
{
    /// <summary>The key as it is stored.</summary>
    [Id(0)] public ApiKey? Key { get; init; }

    /// <summary>Why it is not.</summary>
    [Id(1)] public ChatError? Error { get; init; }
}
