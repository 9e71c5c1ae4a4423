using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests.Anthropic;

public sealed class AnthropicOverHttpTests : IAsyncLifetime
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler());

    private ScriptedUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await ScriptedUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Theory]
    [InlineData("", "/v1/messages")]
    [InlineData("/", "/v1/messages")]
    [InlineData("/v1", "/v1/messages")]
    [InlineData("/v1/", "/v1/messages")]
    [InlineData("/gateway/anthropic", "/gateway/anthropic/v1/messages")]
    public async Task The_version_is_in_the_path_once(string basePath, string expected)
    {
        _upstream.Respond(call => call.JsonAsync(GoldenFiles.Read("Responses", "text.in.json")));

        var result = await Provider(basePath).CompleteAsync(AnthropicRequests.Read(), CancellationToken.None);

        Assert.Equal("Grüß Gott!", result.Response!.Choices[0].Message!.Content);
        var received = Assert.Single(_upstream.Received);
        Assert.Equal(("POST", expected), (received.Method, received.Path));
    }

    [Fact]
    public async Task The_key_and_the_version_are_sent_and_the_body_is_what_the_format_writes()
    {
        _upstream.Respond(call => call.JsonAsync(GoldenFiles.Read("Responses", "tools.in.json")));
        var request = JsonSerializer.Deserialize(GoldenFiles.Read("Requests", "tools.in.json"), ChatJson.Strict.ChatRequest)!;

        var result = await Provider().CompleteAsync(request, CancellationToken.None);

        Assert.Equal("tool_calls", result.Response!.Choices[0].FinishReason);
        var received = Assert.Single(_upstream.Received);
        Assert.Equal("sk-ant-secret", received.Headers["x-api-key"]);
        Assert.Equal("2023-06-01", received.Headers["anthropic-version"]);
        Assert.Equal("application/json", received.Headers["Content-Type"]);
        Assert.StartsWith("Prism/", received.Headers["User-Agent"]);
        Assert.False(received.Headers.ContainsKey("Authorization"));
        AssertJson.Equal(GoldenFiles.Read("Requests", "tools.out.json"), received.Body);
    }

    [Fact]
    public async Task Without_a_key_none_is_sent()
    {
        _upstream.Respond(call => call.JsonAsync(GoldenFiles.Read("Responses", "text.in.json")));

        await Provider(key: null).CompleteAsync(AnthropicRequests.Read(), CancellationToken.None);

        Assert.False(Assert.Single(_upstream.Received).Headers.ContainsKey("x-api-key"));
    }

    [Theory]
    [InlineData("\"seed\":1", "seed")]
    [InlineData("\"temperature\":2", "temperature")]
    public async Task What_cannot_be_said_is_not_sent(string properties, string param)
    {
        var result = await Provider().CompleteAsync(AnthropicRequests.Read(properties), CancellationToken.None);

        Assert.Equal((ChatErrorKind.InvalidRequest, param), (result.Error!.Kind, result.Error.Param));
        Assert.Equal("unsupported_parameter", result.Error.Code);
        Assert.Empty(_upstream.Received);
    }

    [Theory]
    [InlineData(402, "billing_error", ChatErrorKind.QuotaExceeded)]
    [InlineData(429, "billing_error", ChatErrorKind.QuotaExceeded)]
    [InlineData(504, "timeout_error", ChatErrorKind.UpstreamServerError)]
    public async Task A_failed_answer_is_named(int status, string type, ChatErrorKind kind)
    {
        var body = $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"Bad key sk-ant-secret"},"request_id":"req_1"}""";
        _upstream.Respond(call => call.JsonAsync(body, status));

        var result = await Provider().CompleteAsync(AnthropicRequests.Read(), CancellationToken.None);
        var events = await ReadAllAsync(Provider());

        Assert.Equal(kind, result.Error!.Kind);
        Assert.DoesNotContain("sk-ant-secret", result.Error.Message, StringComparison.Ordinal);
        Assert.Equal(kind, Assert.Single(events).Failed!.Kind);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("tools")]
    [InlineData("thinking")]
    public async Task A_stream_is_handed_on_as_it_comes(string name)
    {
        _upstream.Respond(call => call.BodyAsync(GoldenFiles.Read("Streams", name + ".in.sse"), "text/event-stream; charset=utf-8"));

        var events = await ReadAllAsync(Provider());

        // When it was made is the only thing that the upstream does not say.
        Assert.All(events, one => Assert.InRange(one.Chunk!.Created, 1, long.MaxValue));
        AssertJson.Equal(
            GoldenFiles.Read("Streams", name + ".out.json"),
            SlicedStream.ToJson(events.Select(one => new ChatStreamEvent { Chunk = one.Chunk! with { Created = 1_700_000_000 } })));
        AssertJson.Equal(
            """{"model":"claude-sonnet-4-5-20250929","max_tokens":512,"messages":[{"role":"user","content":[{"type":"text","text":"Hello"}]}],"stream":true}""",
            Assert.Single(_upstream.Received).Body);
    }

    private HttpChatProvider Provider(string basePath = "", string? key = "sk-ant-secret")
    {
        var options = new ProviderOptions
        {
            Name = "anthropic",
            Type = ProviderType.Anthropic,
            BaseUrl = _upstream.Url + basePath,
            ApiKey = key,
            DefaultMaxTokens = 512,
        };
        return new(options, ProviderApis.Anthropic(options), Http, new(1 << 24), TimeProvider.System, NullLogger.Instance);
    }

    private static async Task<List<ChatStreamEvent>> ReadAllAsync(HttpChatProvider provider)
    {
        var events = new List<ChatStreamEvent>();
        await foreach (var one in provider.StreamAsync(AnthropicRequests.Read(), CancellationToken.None))
        {
            events.Add(one);
        }

        return events;
    }
}
