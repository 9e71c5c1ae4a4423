using System.Collections.Concurrent;
using System.Globalization;

namespace Prism.Tests.Limits;

/// <summary>A provider that answers every call at once, and whose own meter is the truth about what got through to it.</summary>
internal sealed class MeteredUpstream : IAsyncDisposable
{
    /// <summary>The most tokens that an answer takes, its prompt included.</summary>
    public const int MostTokens = 60;

    /// <summary>What it takes on average.</summary>
    public const int UsualTokens = 35;

    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly ConcurrentQueue<TimeSpan> _calls = new();
    private ScriptedUpstream _upstream = null!;
    private long _tokens;

    /// <summary>When calls came, since the beginning.</summary>
    public IReadOnlyList<TimeSpan> Calls => [.. _calls];

    /// <summary>What all answers took together.</summary>
    public long Tokens => Interlocked.Read(ref _tokens);

    /// <summary>The time since the beginning.</summary>
    public TimeSpan Now => TimeProvider.System.GetElapsedTime(_began);

    /// <summary>What makes it the default provider of a silo.</summary>
    public (string Name, string Value)[] Settings =>
        [("LLM_DEFAULT_PROVIDER", "openai"), ("LLM_OPENAI_API_KEY", "sk-e2e"), ("LLM_OPENAI_BASE_URL", _upstream.Url)];

    public static async Task<MeteredUpstream> StartAsync()
    {
        var metered = new MeteredUpstream();
        metered._upstream = await ScriptedUpstream.StartAsync(metered.AnswerAsync);
        return metered;
    }

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    private Task AnswerAsync(UpstreamCall call)
    {
        _calls.Enqueue(Now);
        var completion = 1 + Random.Shared.Next(MostTokens - 10);
        Interlocked.Add(ref _tokens, 10 + completion);
        return call.JsonAsync(string.Create(CultureInfo.InvariantCulture, $$$"""
            {"id":"c","object":"chat.completion","created":1,"model":"gpt-4o-mini",
             "choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}],
             "usage":{"prompt_tokens":10,"completion_tokens":{{{completion}}},"total_tokens":{{{10 + completion}}}}}
            """));
    }
}
