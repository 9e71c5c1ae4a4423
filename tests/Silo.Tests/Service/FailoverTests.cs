using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>Failing providers as clients and operators meet them.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private const string Hello = """{"messages":[{"role":"user","content":"Hi"}]}""";
    private const string HelloStream = """{"messages":[{"role":"user","content":"Hi"}],"stream":true}""";

    private ScriptedUpstream _openai = null!;
    private ScriptedUpstream _ollama = null!;

    public async Task InitializeAsync()
    {
        _openai = await ScriptedUpstream.StartAsync(call => call.JsonAsync("{}", 503));
        _ollama = await ScriptedUpstream.StartAsync(call => call.Request.Body.Contains("\"stream\":true", StringComparison.Ordinal)
            ? call.BodyAsync(string.Concat(Vendor.Ollama.TextStream), Vendor.Ollama.StreamType)
            : call.JsonAsync(Vendor.Ollama.Text));
    }

    public async Task DisposeAsync()
    {
        await _openai.DisposeAsync();
        await _ollama.DisposeAsync();
    }

    [Theory]
    [InlineData("/v1/chat", Hello)]
    [InlineData("/v1/chat", HelloStream)]
    [InlineData("/v1/chat/completions", Hello)]
    [InlineData("/v1/chat/completions", HelloStream)]
    public async Task The_fallback_answers_after_the_retries(string path, string body)
    {
        await using var prism = await StartAsync(("LLM_FALLBACK_PROVIDERS", "ollama"));

        using var answer = await prism.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("ollama", "4"), (HeaderOf(answer, "x-prism-provider"), HeaderOf(answer, "x-prism-attempts")));
        Assert.Contains("Hello", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((3, 1), (_openai.Received.Count, _ollama.Received.Count));
        Assert.Contains("""llm_fallbacks_total{provider="openai",fallback="ollama"} 1""", await prism.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_names_its_own_fallbacks_which_are_not_sent_and_what_they_cannot_do_is_said()
    {
        await using var prism = await StartAsync(("LLM_MAX_RETRIES", "0"));

        using var answer = await prism.PostAsync(
            "/v1/chat/completions",
            """{"messages":[{"role":"user","content":"Hi"}],"logit_bias":{"1":2},"n":2,"fallbacks":["ollama/llama3.1"]}""");

        Assert.Equal(("ollama", "2"), (HeaderOf(answer, "x-prism-provider"), HeaderOf(answer, "x-prism-attempts")));
        Assert.Equal(
            "Provider 'ollama' does not support 'n', which was left out. Provider 'ollama' does not support 'logit_bias', which was left out.",
            HeaderOf(answer, "x-prism-warnings"));
        Assert.DoesNotContain(_openai.Received, request => request.Body.Contains("fallbacks", StringComparison.Ordinal));
        Assert.Contains("logit_bias", Assert.Single(_openai.Received).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["ollama","nobody/x"]""", "fallbacks[1]")]
    [InlineData("""["ollama",1]""", "fallbacks[1]")]
    [InlineData("\"ollama\"", "fallbacks")]
    public async Task Fallbacks_that_cannot_be_right_are_refused_by_their_place(string fallbacks, string param)
    {
        await using var prism = await StartAsync();

        using var answer = await prism.PostAsync("/v1/chat", $$"""{"messages":[{"role":"user","content":"Hi"}],"fallbacks":{{fallbacks}}}""");

        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal((HttpStatusCode.BadRequest, param), (answer.StatusCode, error.GetProperty("param").GetString()));
    }

    [Fact]
    public async Task An_open_circuit_is_a_503_at_once_and_operators_see_why()
    {
        await using var prism = await StartAsync(
            ("LLM_MAX_RETRIES", "0"), ("LLM_BREAKER_CONSECUTIVE_FAILURES", "2"), ("LLM_OPENAI_REQUESTS_PER_MINUTE", "100"));
        for (var i = 0; i < 2; i++)
        {
            using var failed = await prism.PostAsync("/v1/chat", Hello);
            Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);
        }

        using var refused = await prism.PostAsync("/v1/chat", Hello);
        var reports = await prism.Http.GetFromJsonAsync<JsonElement>("/admin/providers");

        var error = (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "provider_unavailable"), (refused.StatusCode, error.GetProperty("code").GetString()));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 15);
        Assert.Equal(2, _openai.Received.Count);
        var openai = reports.GetProperty("providers").EnumerateArray().Single(report => report.GetProperty("name").GetString() == "openai");
        var limit = openai.GetProperty("limits")[0];
        Assert.Equal(("requests_per_minute", 100), (limit.GetProperty("name").GetString(), limit.GetProperty("limit").GetInt64()));
        Assert.NotEmpty(openai.GetProperty("leases").EnumerateArray());
        Assert.Equal(
            [("upstream_server_error", 503), ("upstream_server_error", 503)],
            openai.GetProperty("last_errors").EnumerateArray().Select(one => (one.GetProperty("kind").GetString(), one.GetProperty("status").GetInt32())));
        Assert.Equal(0, openai.GetProperty("latency_seconds").GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task A_failure_is_told_to_operators_in_the_log_and_in_the_last_errors()
    {
        await using var vendor = await ScriptedUpstream.StartAsync(call => call.JsonAsync(
            """{"error":{"message":"Incorrect key sk-a-long-key-of-ours-1234 for Hi there, you","type":"x"}}""", 401, ("x-request-id", "req-of-theirs")));
        await using var prism = await StartAsync(
            ("LLM_OPENAI_BASE_URL", vendor.Url), ("LLM_OPENAI_API_KEY", "sk-a-long-key-of-ours-1234"), ("LLM_MAX_RETRIES", "0"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat")
        {
            Content = new StringContent("""{"messages":[{"role":"user","content":"Hi there, you"}]}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("x-request-id", "req-of-ours");

        using var failed = await prism.Http.SendAsync(request);
        var reports = await prism.Http.GetFromJsonAsync<JsonElement>("/admin/providers");
        var log = await prism.StopAsync();

        var openai = reports.GetProperty("providers").EnumerateArray().Single(report => report.GetProperty("name").GetString() == "openai");
        var last = Assert.Single(openai.GetProperty("last_errors").EnumerateArray());
        var line = Assert.Single(log.Split('\n'), one => one.Contains("failed a call", StringComparison.Ordinal));
        var message = JsonDocument.Parse(line).RootElement.GetProperty("@m").GetString()!;
        var facts = new (string Name, string Value)[]
        {
            ("address", new Uri(vendor.Url).Authority), ("key", "key 1 of 1 (…1234)"), ("request_id", "req-of-ours"),
            ("upstream_request_id", "req-of-theirs"), ("message", "Incorrect key *** for ***"), ("kind", "upstream_credentials_refused"),
        };
        foreach (var (name, value) in facts)
        {
            Assert.Equal(value, last.GetProperty(name).GetString());
            Assert.Contains(value, message, StringComparison.Ordinal);
        }

        Assert.Equal(401, last.GetProperty("status").GetInt32());
        Assert.Contains("status 401", message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-a-long", log + reports.GetRawText() + await failed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<PrismService> StartAsync(params (string Name, string Value)[] settings) => PrismService.StartAsync(
        [
            ("LLM_OPENAI_API_KEY", "sk-test"), ("LLM_OPENAI_BASE_URL", _openai.Url), ("LLM_DEFAULT_PROVIDER", "openai"),
            ("LLM_OLLAMA_BASE_URL", _ollama.Url), ("LLM_RETRY_BACKOFF_MS", "1"), .. settings,
        ]);

    private static string? HeaderOf(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
