using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.SharedCalls;

namespace Prism.Pipeline.Caching;

/// <summary>
/// The source of a call's answer: a stored answer, or a shared call. Exactly one of <see cref="Entry"/> and <see cref="Reader"/> is set.
/// </summary>
internal sealed class FoundAnswer
{
    /// <summary>The stored answer.</summary>
    public CacheEntry? Entry { get; init; }

    /// <summary>The age of the stored answer.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>The reader of the shared call.</summary>
    public SharedCallReader? Reader { get; init; }

    /// <summary>The result as reported. An answer that was already complete is a hit, even while it is still being stored.</summary>
    public required ChatCacheResult Result
    {
        get => WasWhole ? ChatCacheResult.Hit : field;
        init;
    }

    /// <summary>The head of the answer as this call's client gets it.</summary>
    public AnswerInfo WithCache(AnswerInfo info) => Entry is null && !WasWhole
        ? info with { Cache = Result }
        : info with { Cache = Result, Age = Age, Attempts = 0 };

    private bool WasWhole => Reader is { FoundWhole: true };
}
