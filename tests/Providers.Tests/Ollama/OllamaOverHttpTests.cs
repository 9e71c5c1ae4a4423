using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests.Ollama;

public sealed class OllamaOverHttpTests : IAsyncLifetime
{
    private const string Lines = "application/x-ndjson";

    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler());

    private ScriptedUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await ScriptedUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Fact]
    public async Task A_call_goes_to_the_chat_endpoint()
    {
        _upstream.Respond(call => call.JsonAsync(GoldenFiles.Read("Responses", "text.upstream.json")));

        var result = await CreateProvider().CompleteAsync(Request(), CancellationToken.None);

        Assert.Equal("Acht Beine. 🕷", result.Response!.Choices[0].Message!.Content);
        var received = Assert.Single(_upstream.Received);
        Assert.Equal(("POST", "/api/chat"), (received.Method, received.Path));
        Assert.Equal("application/json", received.Headers["Content-Type"]);
        Assert.DoesNotContain("Authorization", received.Headers);
        GoldenFiles.AssertSame("""{"model":"llama3.1","messages":[{"role":"user","content":"Hello"}],"stream":false}""", received.Body);
    }

    [Fact]
    public async Task A_key_is_sent_as_a_bearer_token()
    {
        _upstream.Respond(call => call.JsonAsync(GoldenFiles.Read("Responses", "text.upstream.json")));

        await CreateProvider(key: "sk-cloud").CompleteAsync(Request(), CancellationToken.None);

        Assert.Equal("Bearer sk-cloud", Assert.Single(_upstream.Received).Headers["Authorization"]);
    }

    [Fact]
    public async Task A_stream_comes_line_by_line()
    {
        var lines = GoldenFiles.ReadLines("Streams", "text.upstream.jsonl");
        var seen = new SemaphoreSlim(0);
        _upstream.Respond(async call =>
        {
            await call.StartStreamAsync(Lines);
            foreach (var line in lines)
            {
                await call.WriteAsync(line + "\n");
                await seen.WaitAsync(call.ClientLeft);
            }
        });

        var contents = new List<string?>();
        await foreach (var streamEvent in CreateProvider().StreamAsync(Request(), CancellationToken.None))
        {
            contents.Add(streamEvent.Chunk!.Choices[0].Delta.Content);
            seen.Release();
        }

        Assert.Equal(["Acht", " Beine 🕷", ".", null], contents);
        GoldenFiles.AssertSame(
            """{"model":"llama3.1","messages":[{"role":"user","content":"Hello"}],"stream":true}""", Assert.Single(_upstream.Received).Body);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_stream_may_be_cut_into_packets_anywhere(int size)
    {
        var body = GoldenFiles.Read("Streams", "thinking-and-tools.upstream.jsonl");
        _upstream.Respond(async call =>
        {
            await call.StartStreamAsync(Lines);
            foreach (var packet in Encoding.UTF8.GetBytes(body).Chunk(size))
            {
                await call.Http.Response.Body.WriteAsync(packet);
                await call.Http.Response.Body.FlushAsync();
            }
        });

        var events = await ReadAsync(CreateProvider());

        Assert.Equal(6, events.Count);
        Assert.Equal(FinishReasons.ToolCalls, events[^1].Chunk!.Choices[0].FinishReason);
    }

    [Fact]
    public async Task A_last_line_may_lack_its_line_break()
    {
        _upstream.Respond(call => call.BodyAsync(GoldenFiles.Read("Streams", "text.upstream.jsonl").TrimEnd(), Lines));

        var events = await ReadAsync(CreateProvider());

        Assert.Equal(ChatUsage.Of(26, 3).TotalTokens, events[^1].Chunk!.Usage!.TotalTokens);
    }

    [Theory]
    [InlineData("", ChatErrorKind.UpstreamBrokenOff)]
    [InlineData("""{"model":"m","message":{"role":"assistant","content":"y"},"done":false}""", ChatErrorKind.UpstreamBrokenOff)]
    [InlineData("upstream connect error\n", ChatErrorKind.UpstreamInvalidResponse)]
    [InlineData("{\"error\":\"out of memory\"}\n", ChatErrorKind.UpstreamServerError)]
    public async Task A_stream_that_ends_badly_is_never_a_success(string end, ChatErrorKind expected)
    {
        const string piece = """{"model":"m","message":{"role":"assistant","content":"x"},"done":false}""";
        _upstream.Respond(call => call.BodyAsync(piece + "\n" + end, Lines));

        var events = await ReadAsync(CreateProvider());

        Assert.Equal("x", events[0].Chunk!.Choices[0].Delta.Content);
        Assert.Equal(expected, events[^1].Failed!.Kind);
        Assert.All(events[..^1], one => Assert.Null(one.Chunk!.Choices[0].FinishReason));
    }

    [Theory]
    [InlineData("""{"model":"m","message":{"role":"assistant","content":"y"},"do""")]
    [InlineData("""{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop" """)]
    public async Task A_stream_that_ends_within_a_line_is_never_a_success(string half)
    {
        _upstream.Respond(call => call.BodyAsync(half, Lines));

        var error = Assert.Single(await ReadAsync(CreateProvider())).Failed!;

        Assert.Contains(error.Kind, new[] { ChatErrorKind.UpstreamBrokenOff, ChatErrorKind.UpstreamInvalidResponse });
    }

    [Fact]
    public async Task A_connection_that_breaks_is_a_broken_off_answer()
    {
        var seen = new SemaphoreSlim(0);
        _upstream.Respond(async call =>
        {
            await call.StartStreamAsync(Lines);
            await call.WriteAsync(GoldenFiles.ReadLines("Streams", "text.upstream.jsonl")[0] + "\n");
            await seen.WaitAsync(call.ClientLeft);
            call.Abort();
        });

        var events = new List<ChatStreamEvent>();
        await foreach (var streamEvent in CreateProvider().StreamAsync(Request(), CancellationToken.None))
        {
            events.Add(streamEvent);
            seen.Release();
        }

        Assert.Equal(2, events.Count);
        Assert.Equal(ChatErrorKind.UpstreamBrokenOff, events[1].Failed!.Kind);
    }

    [Theory]
    [InlineData(400, "\"llama3.1\" does not support tools", ChatErrorKind.InvalidRequest)]
    [InlineData(404, "model 'llama3.1' not found", ChatErrorKind.ModelNotFound)]
    public async Task What_Ollama_says_of_a_request_is_passed_on(int status, string message, ChatErrorKind kind)
    {
        _upstream.Respond(call => call.JsonAsync($$"""{"error":"{{message.Replace("\"", "\\\"", StringComparison.Ordinal)}}"}""", status));

        var complete = (await CreateProvider().CompleteAsync(Request(), CancellationToken.None)).Error!;
        var stream = Assert.Single(await ReadAsync(CreateProvider())).Failed!;

        Assert.Equal(complete, stream);
        Assert.Equal((kind, message, "ollama"), (complete.Kind, complete.Message, complete.Provider));
    }

    [Fact]
    public async Task A_streamed_answer_to_a_call_that_is_not_is_invalid()
    {
        _upstream.Respond(call => call.BodyAsync(GoldenFiles.Read("Streams", "text.upstream.jsonl"), Lines));

        var error = (await CreateProvider().CompleteAsync(Request(), CancellationToken.None)).Error!;

        Assert.Equal(ChatErrorKind.UpstreamInvalidResponse, error.Kind);
    }

    [Fact]
    public async Task What_is_refused_is_not_sent()
    {
        var unsupported = (await CreateProvider().CompleteAsync(Request() with { N = 2 }, CancellationToken.None)).Error!;
        var invalid = (await CreateProvider().CompleteAsync(Request() with { ReasoningEffort = "huge" }, CancellationToken.None)).Error!;

        Assert.Equal(("n", "unsupported_parameter"), (unsupported.Param, unsupported.Code));
        Assert.Equal("reasoning_effort", invalid.Param);
        Assert.Empty(_upstream.Received);
    }

    private static ChatRequest Request() =>
        new() { Model = "llama3.1", Messages = [ChatMessage.Create(ChatRoles.User, "Hello")] };

    private static async Task<List<ChatStreamEvent>> ReadAsync(HttpChatProvider provider)
    {
        var events = new List<ChatStreamEvent>();
        await foreach (var streamEvent in provider.StreamAsync(Request(), CancellationToken.None))
        {
            events.Add(streamEvent);
        }

        return events;
    }

    private HttpChatProvider CreateProvider(string? key = null)
    {
        var options = Wire.Options;
        (options.BaseUrl, options.ApiKey) = (_upstream.Url, key);
        return new(options, ProviderApis.Ollama(options), Http, new(1 << 24), TimeProvider.System, NullLogger.Instance);
    }
}
