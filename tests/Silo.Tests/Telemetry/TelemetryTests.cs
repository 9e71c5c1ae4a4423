using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Orleans.TestingHost;
using Prism.Tests.Service;

namespace Prism.Tests.Telemetry;

/// <summary>
/// What a collector gets of the service. Spans of other hosts in this process come too, an activity source is the process's: a test looks at what is
/// of its own trace.
/// </summary>
public sealed class TelemetryTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string ClientSpan = "b7ad6b7169203331";

    [Fact]
    public async Task A_trace_goes_from_the_client_through_grains_and_upstream()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.OpenAi.AnswerAsync);
        await using (var prism = await StartAsync(collector, upstream))
        {
            prism.Http.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-{ClientSpan}-01");
            using var probed = await prism.Http.GetAsync(new Uri("/healthz", UriKind.Relative));
            using var stored = await prism.Http.PutAsync(
                new Uri("/v1/templates/greet", UriKind.Relative), new StringContent("""{"template":"Greet {{ who }}"}""", null, "application/json"));
            stored.EnsureSuccessStatusCode();
            using var answered = await prism.PostAsync("/v1/chat?provider=openai", """{"template":"greet","variables":{"who":"my-private-friend"}}""");
            answered.EnsureSuccessStatusCode();
            await collector.UntilAsync(() => IsWhole(SpansOf(collector)) && GenAiMetricsOf(collector).Length == 2);
        }

        var spans = SpansOf(collector);
        var chat = spans.Values.Single(span => span.Name == "chat gpt-4o-mini");
        Assert.Equal(["POST /v1/chat"], NamesAbove(chat));
        Assert.Equal("9", chat.Attributes["gen_ai.usage.input_tokens"]);
        var sent = Assert.Single(upstream.Received).Headers["traceparent"];
        var http = spans[sent.Split('-')[2]];
        Assert.Equal((TraceId, chat.Id), (http.TraceId, http.ParentId));
        var inGrain = spans.Values.Single(span => span.Name == "ITemplateGrain/PutAsync" && spans[span.ParentId].Name == span.Name);
        Assert.Equal(["ITemplateGrain/PutAsync", "PUT /v1/templates/{name}"], NamesAbove(inGrain));
        Assert.All(spans.Values.Where(span => !spans.ContainsKey(span.ParentId)), span => Assert.Equal(ClientSpan, span.ParentId));
        Assert.DoesNotContain(spans.Values, span => span.Name.Contains("health", StringComparison.Ordinal));
        Assert.DoesNotContain(spans.Values, span => span.Attributes.Values.Any(value => value.Contains("my-private-friend", StringComparison.Ordinal)));
        Assert.Equal(["gen_ai.client.token.usage", "gen_ai.server.request.duration"], GenAiMetricsOf(collector));

        IEnumerable<string> NamesAbove(ReceivedSpan span)
        {
            while (spans.TryGetValue(span.ParentId, out var above))
            {
                yield return above.Name;
                span = above;
            }
        }
    }

    [Fact]
    public async Task Prompts_and_answers_are_in_the_traces_where_that_is_set()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.OpenAi.AnswerAsync);
        await using (var prism = await StartAsync(collector, upstream, ("LLM_TRACE_CONTENT", "true")))
        {
            using var answered = await prism.PostAsync("/v1/chat?provider=openai", """{"messages":[{"role":"user","content":"What a canary sings"}]}""");
            await collector.UntilAsync(() => collector.Spans.Any(IsOfCanary));
        }

        var chat = collector.Spans.Single(IsOfCanary);
        Assert.Contains("Hello world", chat.Attributes["gen_ai.output.messages"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_hosts_in_a_process_each_sends_what_itself_has_measured()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.OpenAi.AnswerAsync);
        await using (var silent = await StartAsync(collector, upstream))
        {
            await using var other = await PrismService.StartAsync(("LLM_OPENAI_BASE_URL", upstream.Url + "/v1"), ("LLM_OPENAI_API_KEY", "sk-1"));
            using var answered = await other.PostAsync("/v1/chat?provider=openai", """{"messages":[{"role":"user","content":"Hi"}]}""");
            Assert.True(silent.Get<MeterProvider>().ForceFlush());
        }

        Assert.Empty(GenAiMetricsOf(collector));
    }

    [Fact]
    public void Without_a_collector_nothing_is_set_up()
    {
        using var ports = new TestClusterPortAllocator();
        var (silo, gateway) = ports.AllocateConsecutivePortPairs(1);

        using var app = Program.Build([], SiloHost.Ports(("LLM_SILO_PORT", $"{silo}"), ("LLM_SILO_GATEWAY_PORT", $"{gateway}")), Stream.Null) as IDisposable;

        var services = ((Microsoft.AspNetCore.Builder.WebApplication)app!).Services;
        Assert.Null(services.GetService<TracerProvider>());
        Assert.Null(services.GetService<MeterProvider>());
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "OTEL_EXPORTER_OTLP_ENDPOINT (Prism:Telemetry:Endpoint) has to be an absolute URL")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL (Prism:Telemetry:Protocol) has to be one of grpc, http/protobuf")]
    public async Task What_cannot_be_right_stops_the_start(string name, string value, string problem) =>
        Assert.Contains(problem, await SiloHost.FailAsync(SiloHost.Ports((name, value))), StringComparison.Ordinal);

    private static Dictionary<string, ReceivedSpan> SpansOf(OtlpReceiver collector) =>
        collector.Spans.Where(span => span.TraceId == TraceId).ToDictionary(span => span.Id);

    // Both requests with all that is inside of them: a span ends, and is sent, before the one that it is inside of.
    private static bool IsWhole(Dictionary<string, ReceivedSpan> spans) =>
        spans.Values.Count(span => span.ParentId == ClientSpan) == 2
        && spans.Values.All(span => span.ParentId == ClientSpan || spans.ContainsKey(span.ParentId))
        && spans.Values.Count(span => span.Name == "ITemplateGrain/PutAsync") == 2;

    private static string[] GenAiMetricsOf(OtlpReceiver collector) =>
        [.. collector.Metrics.Distinct().Where(name => name.StartsWith("gen_ai.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static bool IsOfCanary(ReceivedSpan span) =>
        span.Attributes.TryGetValue("gen_ai.input.messages", out var prompt) && prompt.Contains("What a canary sings", StringComparison.Ordinal);

    private static Task<PrismService> StartAsync(OtlpReceiver collector, ScriptedUpstream upstream, params (string Name, string Value)[] settings) =>
        PrismService.StartAsync(
        // Sent soon, and however long it takes.
        [
            "--OTEL_BSP_SCHEDULE_DELAY=100", "--OTEL_METRIC_EXPORT_INTERVAL=100",
            $"--OTEL_EXPORTER_OTLP_TIMEOUT={Patience.Milliseconds}", $"--OTEL_BSP_EXPORT_TIMEOUT={Patience.Milliseconds}", $"--OTEL_METRIC_EXPORT_TIMEOUT={Patience.Milliseconds}",
        ],
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"{collector.Url}"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("LLM_OPENAI_BASE_URL", upstream.Url + "/v1"),
            ("LLM_OPENAI_API_KEY", "sk-not-to-be-seen"),
            .. settings,
        ]);
}
