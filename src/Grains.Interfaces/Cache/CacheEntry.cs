using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Cache;

/// <summary>A stored answer.</summary>
[GenerateSerializer, Immutable, Alias("prism.cache-entry")]
public sealed record CacheEntry
{
    /// <summary>The answer, whole; also one that came as a stream.</summary>
    [Id(0)] public required ChatResponse Response { get; init; }

    /// <summary>When it was complete.</summary>
    [Id(1)] public required DateTimeOffset Created { get; init; }

    /// <summary>From when on it is not served any more.</summary>
    [Id(2)] public required DateTimeOffset Expires { get; init; }

    /// <summary>When its call began. An answer never replaces the answer of a later call.</summary>
    [Id(3)] public required DateTimeOffset Asked { get; init; }
}
