using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>Limits and budgets as clients meet them.</summary>
public sealed class LimitsTests
{
    private const string Key = "sk-test";
    private const string Hello = """{"messages":[{"role":"user","content":"Hi"}],"max_tokens":5}""";
    private const string HelloStream = """{"messages":[{"role":"user","content":"Hi"}],"max_tokens":5,"stream":true}""";

    private static readonly TimeSpan Deadline = Patience.Limit;

    [Theory]
    [InlineData("/v1/chat", Hello)]
    [InlineData("/v1/chat", HelloStream)]
    [InlineData("/v1/chat/completions", Hello)]
    [InlineData("/v1/chat/completions", HelloStream)]
    public async Task Every_answer_says_how_the_limit_stands_and_what_is_over_it_when_to_come_back(string path, string body)
    {
        await using var prism = await PrismService.StartAsync(("LLM_ECHO_REQUESTS_PER_MINUTE", "2"));

        using var first = await prism.PostAsync(path, body);
        using var second = await prism.PostAsync(path, body);
        using var third = await prism.PostAsync(path, body);

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], new[] { first, second, third }.Select(one => one.StatusCode));
        Assert.Equal(["1", "0", "0"], new[] { first, second, third }.Select(one => HeaderOf(one, "x-ratelimit-remaining-requests")));
        Assert.All([first, second, third], one => Assert.Equal("2", HeaderOf(one, "x-ratelimit-limit-requests")));
        Assert.All([first, second, third], one => Assert.Matches(@"^1m[0-2]?\ds$", HeaderOf(one, "x-ratelimit-reset-requests")));
        Assert.All([first, second, third], one => Assert.False(one.Headers.Contains("x-ratelimit-limit-tokens")));
        var error = await ErrorOf(third);
        Assert.Equal(("rate_limit_exceeded", "rate_limit_exceeded"), (error.Type, error.Code));
        Assert.Equal("The limit of 2 requests per minute for provider 'echo' is reached.", error.Message);
        AssertRetryAfter(third, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(82));
        Assert.Equal("0", HeaderOf(third, "x-prism-attempts") ?? "0");
    }

    [Fact]
    public async Task Without_a_limit_nothing_is_said_of_limits()
    {
        await using var prism = await PrismService.StartAsync(("LLM_OPENAI_REQUESTS_PER_MINUTE", "2"));

        using var answer = await prism.PostAsync("/v1/chat", Hello);

        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("x-ratelimit", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(Hello)]
    [InlineData(HelloStream)]
    public async Task An_error_of_the_provider_says_how_the_limits_stand_too(string body)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var prism = await StartAsync(
            upstream, ("LLM_OPENAI_TOKENS_PER_MINUTE", "10000"), ("LLM_OPENAI_REQUESTS_PER_MINUTE", "100"), ("LLM_MAX_RETRIES", "0"));

        using var answer = await prism.PostAsync("/v1/chat/completions", body);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(("100", "99"), (HeaderOf(answer, "x-ratelimit-limit-requests"), HeaderOf(answer, "x-ratelimit-remaining-requests")));
        Assert.Equal("10000", HeaderOf(answer, "x-ratelimit-limit-tokens"));
        Assert.InRange(RemainingTokens(answer), 9_900, 9_990);
    }

    [Fact]
    public async Task More_at_once_than_allowed_is_refused_until_one_ends()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var prism = await StartAsync(upstream, ("LLM_OPENAI_MAX_CONCURRENCY", "1"));
        var (arrived, release) = HoldFirst(upstream);

        var first = prism.PostAsync("/v1/chat", Hello);
        await arrived.WaitAsync(Deadline);
        using var second = await prism.PostAsync("/v1/chat", Hello);
        release();
        using var firstAnswer = await first;
        using var third = await prism.PostAsync("/v1/chat", Hello);

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal("The limit of 1 concurrent requests for provider 'openai' is reached.", (await ErrorOf(second)).Message);
        AssertRetryAfter(second, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (firstAnswer.StatusCode, third.StatusCode));
        Assert.Equal(2, upstream.Received.Count);
    }

    [Fact]
    public async Task A_request_that_may_wait_is_served_when_there_is_room()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var prism = await StartAsync(upstream, ("LLM_OPENAI_MAX_CONCURRENCY", "1"), ("LLM_OPENAI_QUEUE_TIMEOUT_MS", "180000"));
        var (arrived, release) = HoldFirst(upstream);

        var first = prism.PostAsync("/v1/chat", Hello);
        await arrived.WaitAsync(Deadline);
        var second = prism.PostAsync("/v1/chat", Hello);
        await Until.TrueAsync("both are under way", async () =>
            (await prism.Http.GetStringAsync("/metrics")).Contains("llm_inflight_requests{provider=\"openai\"} 2", StringComparison.Ordinal));

        Assert.Single(upstream.Received);
        release();
        using var firstAnswer = await first;
        using var secondAnswer = await second.WaitAsync(Deadline);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (firstAnswer.StatusCode, secondAnswer.StatusCode));
    }

    [Fact]
    public async Task A_provider_that_says_when_to_come_back_is_left_alone_until_then()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(
            call => call.JsonAsync("""{"error":{"message":"slow down","type":"rate_limit"}}""", 429, ("Retry-After", "30")));
        await using var prism = await StartAsync(upstream);

        using var first = await prism.PostAsync("/v1/chat", Hello);
        using var second = await prism.PostAsync("/v1/chat", HelloStream);

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode));
        AssertRetryAfter(second, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Assert.Equal("rate_limit_exceeded", (await ErrorOf(second)).Code);
        Assert.Single(upstream.Received);
    }

    [Fact]
    public async Task A_budget_that_is_used_up_is_a_quota_with_the_time_it_resets()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.OpenAi.AnswerAsync);
        await using var prism = await StartAsync(upstream, ("LLM_OPENAI_TOKENS_PER_DAY", "200"), ("LLM_OPENAI_DEFAULT_MAX_TOKENS", "100"));

        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 20; i++)
        {
            answers.Add(await prism.PostAsync("/v1/chat", Hello));
        }

        var served = answers.TakeWhile(answer => answer.IsSuccessStatusCode).Count();
        // Each takes 11 of the 200; what is left then has no room for prompt and cap together.
        Assert.InRange(served, 16, 18);
        using var refused = answers[^1];
        var error = await ErrorOf(refused);
        Assert.Equal((HttpStatusCode.TooManyRequests, "insufficient_quota", "insufficient_quota"), (refused.StatusCode, error.Type, error.Code));
        Assert.Matches(@"resets at \d{4}-\d\d-\d\dT00:00:0\dZ\.$", error.Message);
        Assert.Equal("200", HeaderOf(refused, "x-ratelimit-limit-tokens"));
        Assert.Equal(200 - (served * 11), RemainingTokens(refused));
        AssertRetryAfter(refused, TimeSpan.Zero, TimeSpan.FromDays(1));
        answers.ForEach(answer => answer.Dispose());
    }

    [Fact]
    public async Task A_request_that_can_never_fit_is_too_large()
    {
        await using var prism = await PrismService.StartAsync(("LLM_ECHO_TOKENS_PER_MINUTE", "100"), ("LLM_ECHO_DEFAULT_MAX_TOKENS", "10"));

        using var answer = await prism.PostAsync("/v1/chat", """{"messages":[{"role":"user","content":"Hi"}],"max_tokens":200}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("limited to 100 tokens per minute", (await ErrorOf(answer)).Message, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Retry-After"));
    }

    [Fact]
    public async Task What_is_reserved_is_what_is_sent_thinking_included()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.Anthropic.AnswerAsync);
        await using var prism = await PrismService.StartAsync(
            ("LLM_ANTHROPIC_API_KEY", Key), ("LLM_ANTHROPIC_BASE_URL", upstream.Url), ("LLM_ANTHROPIC_TOKENS_PER_MINUTE", "5000"));

        using var answer = await prism.PostAsync(
            "/v1/chat?provider=anthropic", """{"messages":[{"role":"user","content":"Hi"}],"max_tokens":100,"reasoning_effort":"low"}""");

        using var sent = JsonDocument.Parse(Assert.Single(upstream.Received).Body);
        Assert.Equal(100 + 2048, sent.RootElement.GetProperty("max_tokens").GetInt32());
        Assert.InRange(RemainingTokens(answer), 5_000 - 2_148 - 50, 5_000 - 2_148 - 2);
    }

    [Fact]
    public async Task A_client_that_leaves_its_stream_is_charged_for_what_it_got()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.OpenAi.AnswerAsync);
        // One at a time, in line: who comes next is admitted when the last one is settled.
        await using var prism = await StartAsync(
            upstream, ("LLM_OPENAI_TOKENS_PER_DAY", "1000000"), ("LLM_OPENAI_MAX_CONCURRENCY", "1"), ("LLM_OPENAI_QUEUE_TIMEOUT_MS", "180000"));
        using var before = await prism.PostAsync("/v1/chat", Hello);
        upstream.Respond(async call =>
        {
            await call.StartStreamAsync();
            await call.WriteAsync(Vendor.OpenAi.TextStream[0]);
            await call.HangAsync();
        });
        await LeaveAfterFirstPieceAsync(prism);
        upstream.Respond(Vendor.OpenAi.AnswerAsync);

        using var after = await prism.PostAsync("/v1/chat", Hello);

        // 11 of the first, and of the second "Hello" with 8 of its prompt in its frame.
        Assert.Equal(11 + 1 + 8, RemainingTokens(before) - RemainingTokens(after));
    }

    private static Task<PrismService> StartAsync(ScriptedUpstream upstream, params (string Name, string Value)[] settings) => PrismService.StartAsync(
        [("LLM_OPENAI_API_KEY", Key), ("LLM_OPENAI_BASE_URL", upstream.Url), ("LLM_DEFAULT_PROVIDER", "openai"), .. settings]);

    // Answers, but the first call only when it is released.
    private static (Task Arrived, Action Release) HoldFirst(ScriptedUpstream upstream)
    {
        var (arrived, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        upstream.Respond(async call =>
        {
            if (arrived.TrySetResult())
            {
                await released.Task;
            }

            await Vendor.OpenAi.AnswerAsync(call);
        });
        return (arrived.Task, released.SetResult);
    }

    private static async Task LeaveAfterFirstPieceAsync(PrismService prism)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { stream = true, max_tokens = 500, messages = new[] { new { role = "user", content = "Hi" } } }),
        };
        using var response = await prism.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.StartsWith("data: ", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    private static void AssertRetryAfter(HttpResponseMessage answer, TimeSpan least, TimeSpan most)
    {
        var milliseconds = long.Parse(HeaderOf(answer, "retry-after-ms")!, CultureInfo.InvariantCulture);
        Assert.InRange(TimeSpan.FromMilliseconds(milliseconds), least, most);
        Assert.Equal((milliseconds + 999) / 1000, long.Parse(HeaderOf(answer, "Retry-After")!, CultureInfo.InvariantCulture));
    }

    private static long RemainingTokens(HttpResponseMessage answer) =>
        long.Parse(HeaderOf(answer, "x-ratelimit-remaining-tokens")!, CultureInfo.InvariantCulture);

    private static string? HeaderOf(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static async Task<(string? Message, string? Type, string? Code)> ErrorOf(HttpResponseMessage answer)
    {
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        return (error.GetProperty("message").GetString(), error.GetProperty("type").GetString(), error.GetProperty("code").GetString());
    }
}
