using System.Text.Json;

namespace Prism.Tests.Cache;

/// <summary>An upstream whose answers say which call they are the answer to, so that no two of them can be taken for one.</summary>
internal sealed class Numbered : IAsyncDisposable
{
    private const int Words = 60;

    private readonly TaskCompletionSource[] _begin = [New(), New(), New(), New()];
    private readonly TaskCompletionSource[] _finish = [New(), New(), New(), New()];
    private int _calls;

    public required ScriptedUpstream Upstream { get; init; }

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The settings of silos that use it.</summary>
    public (string Name, string Value)[] Settings =>
    [
        ("LLM_DEFAULT_PROVIDER", "openai"), ("LLM_OPENAI_BASE_URL", Upstream.Url + "/v1"), ("LLM_OPENAI_API_KEY", "sk-test"),
        ("LLM_CACHE_ENABLED", "true"), ("LLM_METRICS_ENABLED", "true"), ("LLM_METRICS_PORT", "0"),
        // On a busy machine the cache may be slow. A request that gives it up calls by itself, and then there are more calls than are counted on.
        ("LLM_CACHE_JOIN_TIMEOUT", "600"), ("Prism__Cache__AskTimeout", "00:03:00"), ("Prism__Cache__LostTimeout", "00:03:00"),
    ];

    public static async Task<Numbered> StartAsync()
    {
        var numbered = new Numbered { Upstream = await ScriptedUpstream.StartAsync() };
        numbered.Upstream.Respond(numbered.AnswerAsync);
        return numbered;
    }

    /// <summary>The whole text of the answer to a call, from 1.</summary>
    public static string TextOf(int call) => string.Concat(WordsOf(call));

    /// <summary>The first half of it.</summary>
    public static string HalfOf(int call) => string.Concat(WordsOf(call).Take(Words / 2));

    /// <summary>Has a call be answered: up to its half, and not before.</summary>
    public void Begin(int call) => _begin[call - 1].TrySetResult();

    /// <summary>Has a call be answered to its end.</summary>
    public void Finish(int call)
    {
        Begin(call);
        _finish[call - 1].TrySetResult();
    }

    public ValueTask DisposeAsync() => Upstream.DisposeAsync();

    private async Task AnswerAsync(UpstreamCall call)
    {
        var number = Interlocked.Increment(ref _calls);
        await _begin[number - 1].Task.WaitAsync(call.ClientLeft);
        if (!call.Request.Body.Contains("\"stream\":true", StringComparison.Ordinal))
        {
            await _finish[number - 1].Task.WaitAsync(call.ClientLeft);
            await call.JsonAsync(
                $$$"""{"id":"c{{{number}}}","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":{{{JsonSerializer.Serialize(TextOf(number))}}}},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":60,"total_tokens":61}}""");
            return;
        }

        await call.StartStreamAsync();
        foreach (var (word, index) in WordsOf(number).Select((word, index) => (word, index)))
        {
            if (index == Words / 2)
            {
                await _finish[number - 1].Task.WaitAsync(call.ClientLeft);
            }

            await SendAsync($$"""{"content":{{JsonSerializer.Serialize(word)}}}""", "null");
        }

        await SendAsync("{}", "\"stop\"");
        await call.WriteAsync("data: [DONE]\n\n");

        Task SendAsync(string delta, string finishReason) => call.WriteAsync(
            $$"""data: {"id":"c{{number}}","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finishReason}}}]}""" + "\n\n");
    }

    private static IEnumerable<string> WordsOf(int call) => Enumerable.Range(0, Words).Select(i => $"çall-{call}-{i} ");

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
