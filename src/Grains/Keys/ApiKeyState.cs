using Prism.Grains.Interfaces.Keys;

namespace Prism.Grains.Keys;

/// <summary>The stored state of an API key. A revoked key stays, so that its revocation can be reported.</summary>
[GenerateSerializer, Immutable, Alias("prism.api-key-state")]
internal sealed record ApiKeyState
{
    /// <summary>The key; null if there is none.</summary>
    [Id(0)] public ApiKey? Key { get; init; }

    /// <summary>Its hash, in lower-case hex.</summary>
    [Id(1)] public string Sha256 { get; init; } = "";
}

/// <summary>Changes whenever any API key changes.</summary>
[GenerateSerializer, Immutable, Alias("prism.api-key-epoch-state")]
internal sealed record ApiKeyEpochState
{
    /// <summary>No two are the same. Null before the first change.</summary>
    [Id(0)] public string? Epoch { get; init; }
}
