using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Prism.Tests.Service;

/// <summary>
/// How much a request, and a token of a stream, allocates with everything on: keys, limits, metrics and the log line. Client and upstream allocate
/// nothing.
/// </summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Requests = 400;
    private const int Streams = 20;
    private const int MostRounds = 15;
    private const int FewestRounds = 2;

    // A read that has to wait allocates inside the HTTP client and the server, which a proxy that does nothing else pays too. How many reads have to
    // wait depends on the machine.
    private const int PerPiece = 20;

    private const string Key = "sk-prism-0123456789";

    private const string Answer =
        """{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"Hello world, how are you today?"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}""";

    // On a busy machine a round takes half a minute: the upstream lets other threads run after each piece.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);

    // Of a proxied request it is what a proxy may cost, of an echo about a third above what was measured.
    [Theory]
    [InlineData("echo", 9_000)]
    [InlineData("openai", 6_144)]
    public async Task A_request_allocates_no_more_than_it_has_to(string provider, long most)
    {
        using var upstream = new FixedUpstream(Answer);
        await using var prism = await StartAsync(upstream, provider);
        using var client = new SilentClient(prism.Url, Key, stream: false);

        var allocated = Measure(client, Requests, warmUp: 1_500);

        output.WriteLine($"{provider}: {allocated} bytes a request");
        Assert.InRange(allocated, 0, most);
    }

    [Fact]
    public async Task A_streamed_token_allocates_no_more_than_it_has_to()
    {
        const int Few = 100, Many = 1_100;
        var (few, many) = (await MeasureStreamAsync(Few), await MeasureStreamAsync(Many));

        var allocated = (many - few) / (Many - Few);

        output.WriteLine($"{allocated} bytes a token, and {few - (Few * allocated)} bytes a stream");
        Assert.InRange(allocated, 0, 64);
    }

    private static async Task<long> MeasureStreamAsync(int tokens)
    {
        const string Chunk = """data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}""" + "\n\n";
        const string End = """
            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}

            data: [DONE]


            """;
        using var upstream = new FixedUpstream("text/event-stream", [.. Enumerable.Repeat(string.Concat(Enumerable.Repeat(Chunk, PerPiece)), tokens / PerPiece), End]);
        await using var prism = await StartAsync(upstream, "openai");
        using var client = new SilentClient(prism.Url, Key, stream: true);
        return Measure(client, Streams, warmUp: 60);
    }

    private static Task<PrismService> StartAsync(FixedUpstream upstream, string provider) => PrismService.StartAsync(
        Stream.Null,
        [],
        ("LLM_API_KEYS", Key), ("LLM_DEFAULT_PROVIDER", provider),
        ("LLM_OPENAI_BASE_URL", upstream.Url), ("LLM_OPENAI_API_KEY", "sk-0123456789"), ("LLM_OPENAI_DEFAULT_MODEL", "gpt-4o-mini"),
        ("LLM_OPENAI_REQUESTS_PER_MINUTE", "1000000000"), ("LLM_OPENAI_TOKENS_PER_MINUTE", "1000000000000"), ("LLM_OPENAI_MAX_CONCURRENCY", "100000"),
        ("LLM_ECHO_REQUESTS_PER_MINUTE", "1000000000"), ("LLM_ECHO_TOKENS_PER_MINUTE", "1000000000000"), ("LLM_ECHO_MAX_CONCURRENCY", "100000"));

    private static long Measure(SilentClient client, int requests, int warmUp)
    {
        // Compiled for good, and the pools full.
        client.Send(warmUp);
        var (least, began) = (long.MaxValue, Stopwatch.GetTimestamp());
        for (var round = 0; round < MostRounds && (round < FewestRounds || Stopwatch.GetElapsedTime(began) < Enough); round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            client.Send(requests);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / requests);
        }

        return least;
    }

    /// <summary>Sends the same request again and again over one connection.</summary>
    private sealed class SilentClient : IDisposable
    {
        private const string Body = """{"model":"gpt-4o-mini","messages":[{"role":"system","content":"You are brief."},{"role":"user","content":"Hello, how are you?"}],"temperature":0.5,"max_tokens":64}""";
        private const string StreamBody = """{"model":"gpt-4o-mini","messages":[{"role":"system","content":"You are brief."},{"role":"user","content":"Hello, how are you?"}],"temperature":0.5,"max_tokens":64,"stream":true}""";

        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _request;
        private readonly byte[] _answer = new byte[512 * 1024];

        public SilentClient(Uri url, string key, bool stream)
        {
            var body = stream ? StreamBody : Body;
            _request = Encoding.ASCII.GetBytes(
                $"POST /v1/chat/completions HTTP/1.1\r\nHost: prism\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            _socket.ReceiveTimeout = _socket.SendTimeout = Patience.Milliseconds;
            _socket.Connect(url.Host, url.Port);
        }

        public void Dispose() => _socket.Dispose();

        public void Send(int times)
        {
            for (var i = 0; i < times; i++)
            {
                _socket.Send(_request);
                var length = HttpBytes.ReceiveMessage(_socket, _answer, 0);
                Assert.True(_answer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8), "It was not answered.");
            }
        }
    }
}
