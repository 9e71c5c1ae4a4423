using System.Text;
using System.Text.Json;
using Prism.Tests.Service;

namespace Prism.Tests.Telemetry;

/// <summary>Without a collector a client's trace goes on all the same, and nobody else's request is traced.</summary>
[Collection(nameof(Alone))]
public sealed class UncollectedTraceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string ClientSpan = "b7ad6b7169203331";

    [Fact]
    public async Task A_clients_trace_goes_upstream_and_into_the_log()
    {
        var (line, sent) = await AskAsync(("traceparent", $"00-{TraceId}-{ClientSpan}-01"), ("tracestate", "vendor=1"), ("baggage", "client=secret"));

        Assert.Equal(TraceId, line.GetProperty("@tr").GetString());
        Assert.Equal("vendor=1", sent["tracestate"]);
        Assert.StartsWith($"00-{TraceId}-", sent["traceparent"], StringComparison.Ordinal);
        Assert.EndsWith("-01", sent["traceparent"], StringComparison.Ordinal);
        var own = line.GetProperty("@sp").GetString();
        Assert.NotEqual(ClientSpan, own);
        Assert.Equal(3, new[] { ClientSpan, own, sent["traceparent"].Split('-')[2] }.Distinct().Count());
        Assert.False(sent.ContainsKey("baggage"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("none")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    public async Task A_request_without_a_trace_has_none(string? traceParent)
    {
        var (line, sent) = await AskAsync(traceParent is null ? [] : [("traceparent", traceParent)]);

        Assert.False(line.TryGetProperty("@tr", out _));
        Assert.False(line.TryGetProperty("@sp", out _));
        Assert.False(sent.ContainsKey("traceparent"));
    }

    [Fact]
    public async Task Every_line_of_a_request_has_its_id()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync("""{"error":{"message":"Not today."}}""", 400));
        await using var prism = await StartAsync(upstream);
        using (await SendAsync(prism))
        {
        }

        var lines = LinesOf(await prism.StopAsync()).Where(line => line.GetProperty("@m").GetString()!.Contains("Not today", StringComparison.Ordinal)).ToList();

        Assert.Equal("req-1", Assert.Single(lines).GetProperty("RequestId").GetString());
    }

    private static async Task<(JsonElement Line, IReadOnlyDictionary<string, string> Sent)> AskAsync(params (string Name, string Value)[] headers)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.OpenAi.AnswerAsync);
        await using var prism = await StartAsync(upstream);
        using (var answered = await SendAsync(prism, headers))
        {
            answered.EnsureSuccessStatusCode();
        }

        var line = LinesOf(await prism.StopAsync()).Single(line => line.TryGetProperty("ElapsedMs", out _));
        return (line, Assert.Single(upstream.Received).Headers);
    }

    private static IEnumerable<JsonElement> LinesOf(string log) =>
        log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);

    private static Task<PrismService> StartAsync(ScriptedUpstream upstream) =>
        PrismService.StartAsync(("LLM_OPENAI_BASE_URL", upstream.Url + "/v1"), ("LLM_OPENAI_API_KEY", "sk-0123456789"));

    private static async Task<HttpResponseMessage> SendAsync(PrismService prism, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat?provider=openai")
        {
            Content = new StringContent("""{"messages":[{"role":"user","content":"Hi"}]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("x-request-id", "req-1");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        // The client's own tracing would add to them.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = prism.Url };
        return await client.SendAsync(request);
    }
}
