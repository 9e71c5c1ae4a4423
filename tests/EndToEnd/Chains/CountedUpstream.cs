using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Prism.Tests.Chains;

/// <summary>A call as the provider got it.</summary>
/// <param name="Number">Which one, from 1; its answer is <c>#</c> and this.</param>
/// <param name="Prompt">The last message.</param>
/// <param name="Key">Its idempotency key.</param>
internal sealed record CountedCall(int Number, string Prompt, string Key);

/// <summary>
/// A provider that counts its calls and answers each with its number: of every output of a run it can be told which call it came from. It does
/// not look at idempotency keys, as most do not.
/// </summary>
internal sealed class CountedUpstream : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, CountedCall> _calls = new();
    private ScriptedUpstream _upstream = null!;
    private int _count;

    /// <summary>Every call so far, by its number.</summary>
    public IReadOnlyDictionary<int, CountedCall> Calls => _calls;

    /// <summary>What a call takes before it is answered. Its token fires when the caller has left. Null: nothing.</summary>
    public Func<CountedCall, CancellationToken, Task>? Before { get; set; }

    /// <summary>What makes it the default provider of a silo.</summary>
    public (string Name, string Value)[] Settings =>
        [("LLM_DEFAULT_PROVIDER", "openai"), ("LLM_OPENAI_API_KEY", "sk-e2e"), ("LLM_OPENAI_BASE_URL", _upstream.Url)];

    public static async Task<CountedUpstream> StartAsync()
    {
        var counted = new CountedUpstream();
        counted._upstream = await ScriptedUpstream.StartAsync(counted.AnswerAsync);
        return counted;
    }

    /// <summary>The calls with a prompt, in order.</summary>
    public IReadOnlyList<CountedCall> CallsOf(string prompt) => [.. _calls.Values.Where(call => call.Prompt == prompt).OrderBy(call => call.Number)];

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    private async Task AnswerAsync(UpstreamCall upstream)
    {
        using var body = JsonDocument.Parse(upstream.Request.Body);
        var prompt = body.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString()!;
        var call = new CountedCall(Interlocked.Increment(ref _count), prompt, upstream.Request.Headers["Idempotency-Key"]);
        _calls[call.Number] = call;
        if (Before is { } before)
        {
            await before(call, upstream.ClientLeft);
        }

        var id = call.Number.ToString(CultureInfo.InvariantCulture);
        await upstream.ServerSentEventsAsync(
            Chunk(id, $$"""{"role":"assistant","content":"#{{id}}"}""", "null"), Chunk(id, "{}", "\"stop\""), "[DONE]");
    }

    private static string Chunk(string id, string delta, string finishReason) =>
        $$"""{"id":"c{{id}}","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finishReason}}}]}""";
}
