using System.Diagnostics;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;
using Prism.Providers.Telemetry;
using Prism.Tests.Upstream;

namespace Prism.Tests.Telemetry;

/// <summary>The spans of calls upstream.</summary>
[Collection(nameof(TracedProviderTests))]
[CollectionDefinition(nameof(TracedProviderTests), DisableParallelization = true)]
public sealed class TracedProviderTests : IDisposable
{
    private const string Answer = """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m-2025","choices":[{"index":0,"message":{"role":"assistant",
        "content":"The answer","refusal":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"look","arguments":"{}"}}]},
        "logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":4}}}
        """;

    private static readonly string[] Pieces =
    [
        """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-2025","choices":[{"index":0,"delta":{"role":"assistant","content":"The "}}]}""",
        """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-2025","choices":[{"index":0,"delta":{"content":"answer","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"look","arguments":"{"}}]}}]}""",
        """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-2025","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]},"finish_reason":"tool_calls"}]}""",
        """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-2025","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":4}}}""",
        "[DONE]",
    ];

    private readonly Activity _root = new Activity("test").SetIdFormat(ActivityIdFormat.W3C);
    private readonly List<Activity> _spans = [];
    private readonly ActivityListener _listener;

    public TracedProviderTests()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name is GenAi.ActivitySourceName or "System.Net.Http",
            Sample = (ref options) => options.Parent.TraceId == _root.TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                if (span.TraceId == _root.TraceId)
                {
                    lock (_spans)
                    {
                        _spans.Add(span);
                    }
                }
            },
        };
        _root.Start();
        ActivitySource.AddActivityListener(_listener);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_a_span_with_the_attributes_of_the_conventions(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(AnswerAsync);
        var request = ProviderUnderTest.Hello with { Temperature = 0.5, MaxTokens = 100, ResponseFormat = JsonSerializer.Deserialize<JsonElement>("""{"type":"json_object"}""") };

        await AskAsync(upstream, stream, request);

        var span = Assert.Single(_spans, one => one.Source.Name == GenAi.ActivitySourceName);
        Assert.Equal(("chat m", ActivityKind.Client, ActivityStatusCode.Unset), (span.DisplayName, span.Kind, span.Status));
        Assert.Equal(_root.SpanId, span.ParentSpanId);
        var url = new Uri(upstream.Url);
        Assert.Equal(
            [
                "gen_ai.operation.name=chat", "gen_ai.output.type=json", "gen_ai.provider.name=up", "gen_ai.request.max_tokens=100", "gen_ai.request.model=m",
                "gen_ai.request.temperature=0.5", "gen_ai.response.finish_reasons=tool_calls", "gen_ai.response.id=chatcmpl-1", "gen_ai.response.model=m-2025",
                "gen_ai.usage.cache_read.input_tokens=4", "gen_ai.usage.input_tokens=9", "gen_ai.usage.output_tokens=2",
                $"server.address={url.Host}", $"server.port={url.Port}",
            ],
            TagsOf(span));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_sent_carries_the_trace_on(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(AnswerAsync);

        await AskAsync(upstream, stream);

        var call = Assert.Single(_spans, one => one.Source.Name == GenAi.ActivitySourceName);
        var http = Assert.Single(_spans, one => one.Source.Name == "System.Net.Http");
        Assert.Equal(call.SpanId, http.ParentSpanId);
        Assert.Equal(http.Id, Assert.Single(upstream.Received).Headers["traceparent"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Prompts_and_answers_are_on_it_where_that_is_asked_for(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(AnswerAsync);

        await AskAsync(upstream, stream, withContent: true);

        var span = Assert.Single(_spans, one => one.Source.Name == GenAi.ActivitySourceName);
        Assert.Equal("""[{"role":"user","parts":[{"type":"text","content":"Hello"}]}]""", span.GetTagItem("gen_ai.input.messages"));
        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"text","content":"The answer"},{"type":"tool_call","id":"call_1","name":"look","arguments":"{}"}],"finish_reason":"tool_calls"}]""",
            span.GetTagItem("gen_ai.output.messages"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_has_its_kind_and_nothing_of_what_the_provider_said(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync("""{"error":{"message":"Hello is not allowed","type":"server_error"}}""", 500));

        await AskAsync(upstream, stream);

        var span = Assert.Single(_spans, one => one.Source.Name == GenAi.ActivitySourceName);
        Assert.Equal((ActivityStatusCode.Error, null), (span.Status, span.StatusDescription));
        Assert.Contains("error.type=upstream_server_error", TagsOf(span));
        Assert.DoesNotContain(TagsOf(span), tag => tag.Contains("Hello", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_that_its_reader_leaves_is_abandoned()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(AnswerAsync);
        using var provider = new ProviderUnderTest(upstream.Url);

        await foreach (var _ in new TracedProvider(provider.Provider, new()).StreamAsync(ProviderUnderTest.Hello, default))
        {
            break;
        }

        Assert.Contains("error.type=abandoned", TagsOf(Assert.Single(_spans, one => one.Source.Name == GenAi.ActivitySourceName)));
    }

    [Fact]
    public void What_a_provider_says_of_itself_is_passed_on()
    {
        var map = typeof(TracedProvider).GetInterfaceMap(typeof(IChatProvider));

        // A member of the interface with a body of its own would answer for the provider inside.
        Assert.All(map.TargetMethods, method => Assert.Equal(typeof(TracedProvider), method.DeclaringType));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _root.Dispose();
    }

    private static Task AnswerAsync(UpstreamCall call) => call.Request.Body.Contains("\"stream\":true", StringComparison.Ordinal)
        ? call.ServerSentEventsAsync(Pieces)
        : call.JsonAsync(Answer);

    private static async Task AskAsync(ScriptedUpstream upstream, bool stream, ChatRequest? request = null, bool withContent = false)
    {
        using var provider = new ProviderUnderTest(upstream.Url);
        var traced = new TracedProvider(provider.Provider, new() { Content = withContent });
        if (!stream)
        {
            await traced.CompleteAsync(request ?? ProviderUnderTest.Hello, default);
            return;
        }

        await foreach (var _ in traced.StreamAsync(request ?? ProviderUnderTest.Hello, default))
        {
        }
    }

    private static IEnumerable<string> TagsOf(Activity span) => span.TagObjects
        .Where(tag => tag.Value is not null)
        .Select(tag => FormattableString.Invariant($"{tag.Key}={(tag.Value is string[] several ? string.Join(',', several) : tag.Value)}"))
        .Order(StringComparer.Ordinal);
}
