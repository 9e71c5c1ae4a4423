using System.Collections.Frozen;
using Prism.Grains.Interfaces.Chat;
using Prometheus;

namespace Prism.Grains.Cache;

/// <summary>The metrics of the response cache.</summary>
internal sealed class CacheTelemetry
{
    private readonly FrozenDictionary<ChatCacheResult, Counter.Child> _requests;
    private readonly Counter _joined;
    private readonly Gauge _entries;

    public CacheTelemetry(IMetricFactory metrics)
    {
        var requests = metrics.CreateCounter(
            "llm_cache_requests_total", "Chat requests by their use of the response cache.", ["result"]);
        _requests = Enum.GetValues<ChatCacheResult>().ToFrozenDictionary(
            result => result, result => requests.WithLabels(NameOf(result)));
        _joined = metrics.CreateCounter("llm_cache_joined_total", "Chat requests that shared the answer of another call.");
        _entries = metrics.CreateGauge("llm_cache_entries", "Stored answers in the memory of this silo.");
    }

    /// <summary>A request has found out.</summary>
    public void OnRequest(ChatCacheResult result)
    {
        _requests[result].Inc();
        if (result == ChatCacheResult.Joined)
        {
            _joined.Inc();
        }
    }

    /// <summary>More answers are in memory, or fewer.</summary>
    public void OnHeld(int change) => _entries.Inc(change);

    private static string NameOf(ChatCacheResult result) => result switch
    {
        ChatCacheResult.Miss => "miss",
        ChatCacheResult.Hit => "hit",
        ChatCacheResult.Joined => "joined",
        _ => "bypass",
    };
}
