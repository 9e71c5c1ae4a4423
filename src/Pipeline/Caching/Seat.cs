using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.SharedCalls;

namespace Prism.Pipeline.Caching;

/// <summary>Where a request gets its answer from: a stored one, or a flight. Exactly one of <see cref="Entry"/> and <see cref="Reader"/> is set.</summary>
internal sealed class Seat : IDisposable
{
    /// <summary>The stored answer.</summary>
    public CacheEntry? Entry { get; init; }

    /// <summary>How old it is.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>The place in the flight.</summary>
    public FlightReader? Reader { get; init; }

    /// <summary>What that is called. An answer that was whole before is a hit, also where it is still being stored.</summary>
    public required ChatCacheResult Result
    {
        get => IsFound ? ChatCacheResult.Hit : field;
        init;
    }

    /// <summary>Whether the flight had ended before this request came.</summary>
    public bool IsFound => Reader is { FoundWhole: true };

    /// <summary>Whether the whole answer has been had from here.</summary>
    public bool HasEnded => Reader?.HasEnded ?? true;

    /// <summary>The route as this request's caller is to know it.</summary>
    public ChatRoute Mark(ChatRoute route) => Entry is null
        && !IsFound
        ? route with { Cache = Result }
        : route with { Cache = Result, Age = Age, Attempts = 0 };

    public void Dispose() => Reader?.Dispose();
}
