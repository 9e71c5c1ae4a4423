using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Service;

/// <summary>What keys may call and spend, over HTTP.</summary>
public sealed class KeyLimitsTests
{
    private const string AdminKey = "the-admin-key";
    private const string Hello = """{"messages":[{"role":"user","content":"Hi"}],"max_tokens":5}""";
    private const string HelloStream = """{"messages":[{"role":"user","content":"Hi"}],"max_tokens":5,"stream":true}""";

    private static readonly TimeSpan Deadline = Patience.Limit;

    [Fact]
    public async Task What_is_over_a_keys_limit_is_refused_and_nobody_elses()
    {
        await using var prism = await StartAsync();
        var (one, other) = (await CreateAsync(prism, """{"name":"one","requests_per_minute":2}"""), await CreateAsync(prism, """{"name":"other"}"""));

        using var first = await PostAsync(prism, one, Hello);
        using var second = await PostAsync(prism, one, HelloStream);
        using var third = await PostAsync(prism, one, Hello);
        using var fourth = await PostAsync(prism, one, HelloStream);
        using var free = await PostAsync(prism, other, Hello);

        Assert.Equal([200, 200, 429, 429, 200], new[] { first, second, third, fourth, free }.Select(answer => (int)answer.StatusCode));
        Assert.Equal(["1", "0", "0"], new[] { first, second, third }.Select(answer => HeaderOf(answer, "x-ratelimit-remaining-requests")));
        Assert.Null(HeaderOf(free, "x-ratelimit-remaining-requests"));
        Assert.Equal(("The limit of 2 requests per minute for this API key is reached.", "rate_limit_exceeded"), await ErrorOf(third));
        Assert.InRange(int.Parse(HeaderOf(third, "Retry-After")!, CultureInfo.InvariantCulture), 1, 82);
    }

    [Fact]
    public async Task A_change_of_a_limit_holds_for_the_next_request()
    {
        await using var prism = await StartAsync();
        var key = await CreateAsync(prism, """{"name":"k","requests_per_minute":1}""");
        using var first = await PostAsync(prism, key, Hello);
        using var refused = await PostAsync(prism, key, Hello);

        using var changed = await AdminAsync(prism, HttpMethod.Patch, $"/admin/keys/{key.Id}", """{"requests_per_minute":2}""");
        using var second = await PostAsync(prism, key, Hello);
        using var third = await PostAsync(prism, key, Hello);

        Assert.Equal([200, 429, 200, 200, 429], new[] { first, refused, changed, second, third }.Select(answer => (int)answer.StatusCode));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task One_at_a_time_means_that_the_next_may_come_when_the_last_is_answered(string cache)
    {
        await using var prism = await StartAsync(("LLM_CACHE_ENABLED", cache));
        var key = await CreateAsync(prism, """{"name":"k","max_concurrency":1}""");

        for (var i = 0; i < 20; i++)
        {
            var body = (i % 2 == 0 ? Hello : HelloStream).Replace("Hi", $"Hi {i}", StringComparison.Ordinal);
            using var answer = await PostAsync(prism, key, body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task More_at_a_time_are_refused()
    {
        var (arrived, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            arrived.TrySetResult();
            await released.Task;
            await Vendor.OpenAi.AnswerAsync(call);
        });
        await using var prism = await StartAsync(upstream);
        var key = await CreateAsync(prism, """{"name":"k","max_concurrency":1}""");

        var first = PostAsync(prism, key, Hello);
        await arrived.Task.WaitAsync(Deadline);
        using var second = await PostAsync(prism, key, Hello);
        released.SetResult();
        using var answered = await first;

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (answered.StatusCode, second.StatusCode));
        Assert.Equal("The limit of 1 concurrent requests for this API key is reached.", (await ErrorOf(second)).Message);
    }

    [Fact]
    public async Task A_key_is_charged_for_answers_that_were_made_for_it_and_not_for_stored_ones()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.OpenAi.AnswerAsync);
        await using var prism = await StartAsync(upstream, ("LLM_CACHE_ENABLED", "true"));
        var key = await CreateAsync(prism, """{"name":"k","tokens_per_day":100000,"requests_per_minute":100}""");

        using var made = await PostAsync(prism, key, Hello);
        for (var i = 0; i < 50; i++)
        {
            using var shared = await PostAsync(prism, key, Hello);
            Assert.Contains(HeaderOf(shared, "x-prism-cache"), (string[])["joined", "hit"]);
        }

        using var last = await PostAsync(prism, key, Hello);

        Assert.Equal("miss", HeaderOf(made, "x-prism-cache"));
        // 11 for the one that was made, and what the last one has reserved.
        Assert.InRange(int.Parse(HeaderOf(last, "x-ratelimit-remaining-tokens")!, CultureInfo.InvariantCulture), 99_940, 99_989);
        Assert.Equal("48", HeaderOf(last, "x-ratelimit-remaining-requests"));
        Assert.Single(upstream.Received);
    }

    [Theory]
    [InlineData("""{"name":"k","providers":["openai"]}""", "", 200, null)]
    [InlineData("""{"name":"k","providers":["echo"]}""", "", 403, "provider")]
    [InlineData("""{"name":"k","models":["gpt-4o-mini"]}""", "", 200, null)]
    [InlineData("""{"name":"k","models":["gpt-4o*"]}""", "", 200, null)]
    [InlineData("""{"name":"k","models":["openai/*"]}""", "", 200, null)]
    [InlineData("""{"name":"k","models":["gpt-4o","echo/gpt-4o-mini"]}""", "", 403, "model")]
    [InlineData("""{"name":"k","providers":["openai"]}""", ""","fallbacks":["echo"]""", 403, "fallbacks")]
    public async Task A_key_calls_whom_it_may(string terms, string more, int status, string? param)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.OpenAi.AnswerAsync);
        await using var prism = await StartAsync(upstream);
        var key = await CreateAsync(prism, terms);

        using var answer = await PostAsync(prism, key, $$"""{"messages":[{"role":"user","content":"Hi"}],"model":"gpt-4o-mini"{{more}}}""");

        Assert.Equal(status, (int)answer.StatusCode);
        if (param is not null)
        {
            var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
            Assert.Equal((param, "permission_denied"), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
        }
    }

    [Fact]
    public async Task A_configured_fallback_that_a_key_may_not_use_is_passed_over()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync("""{"error":{"message":"down"}}""", 500));
        await using var prism = await StartAsync(upstream, ("LLM_FALLBACK_PROVIDERS", "echo"), ("LLM_MAX_RETRIES", "0"));
        var (one, other) = (
            await CreateAsync(prism, """{"name":"one","providers":["openai"]}"""), await CreateAsync(prism, """{"name":"other","providers":["openai","echo"]}"""));

        using var failed = await PostAsync(prism, one, Hello);
        using var served = await PostAsync(prism, other, Hello);

        Assert.Equal((HttpStatusCode.BadGateway, HttpStatusCode.OK), (failed.StatusCode, served.StatusCode));
    }

    [Fact]
    public async Task A_budget_in_USD_is_spent_by_what_answers_cost()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.OpenAi.AnswerAsync);
        await using var prism = await StartAsync(upstream);
        var key = await CreateAsync(prism, """{"name":"k","budget_usd_per_month":1.5}""");
        var small = await CreateAsync(prism, """{"name":"small","budget_usd_per_month":0.000001}""");

        using var answer = await PostAsync(prism, key, Hello.Replace("}]", "}],\"model\":\"gpt-4o\"", StringComparison.Ordinal));
        using var tooDear = await PostAsync(prism, small, Hello.Replace("}]", "}],\"model\":\"gpt-4o\"", StringComparison.Ordinal));
        using var unpriced = await PostAsync(prism, key, Hello.Replace("}]", "}],\"model\":\"nobody-knows\"", StringComparison.Ordinal));
        using var free = await PostAsync(prism, small, Hello, "?provider=echo");

        Assert.Equal([200, 413, 403, 200], new[] { answer, tooDear, unpriced, free }.Select(one => (int)one.StatusCode));
        Assert.EndsWith("this API key is limited to 0.000001 USD per month (UTC).", (await ErrorOf(tooDear)).Message, StringComparison.Ordinal);
        Assert.Contains("'nobody-knows'", (await ErrorOf(unpriced)).Message, StringComparison.Ordinal);
        using var one = await AdminAsync(prism, HttpMethod.Get, $"/admin/keys/{key.Id}");
        var limit = Assert.Single((await one.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("limits").EnumerateArray());
        Assert.Equal(("budget_usd_per_month", 1.5m), (limit.GetProperty("name").GetString(), limit.GetProperty("limit").GetDecimal()));
        Assert.InRange(limit.GetProperty("remaining").GetDecimal(), 0, 1.499999m);
    }

    [Fact]
    public async Task A_run_is_held_to_its_owners_limits_and_ends_with_its_key()
    {
        var (arrived, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            arrived.TrySetResult();
            await released.Task;
            await Vendor.OpenAi.AnswerAsync(call);
        });
        await using var prism = await StartAsync(upstream);
        var key = await CreateAsync(prism, """{"name":"k","scopes":["chains"],"requests_per_minute":100}""");
        var chain = """{"steps":[{"template":"one","output_key":"a"},{"template":"two {{ a }}","output_key":"b"}],"wait":0}""";

        using var started = await SendAsync(prism, key.Key, HttpMethod.Post, "/v1/runs", chain);
        await arrived.Task.WaitAsync(Deadline);
        using var counted = await AdminAsync(prism, HttpMethod.Get, $"/admin/keys/{key.Id}");
        using var revoked = await AdminAsync(prism, HttpMethod.Delete, $"/admin/keys/{key.Id}");
        released.SetResult();

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.NoContent), (started.StatusCode, revoked.StatusCode));
        var limit = Assert.Single((await counted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("limits").EnumerateArray());
        Assert.InRange(limit.GetProperty("remaining").GetInt32(), 0, 99);
        var id = (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        var run = await prism.Get<ChainClient>().WaitAsync(id, Deadline, CancellationToken.None);
        Assert.Equal(ChainRunStatus.Failed, run!.Status);
        Assert.Equal(ChatErrorKind.PermissionDenied, run.Error!.Kind);
        Assert.Single(upstream.Received);
    }

    [Theory]
    [InlineData("key", 2)]
    [InlineData("global", 1)]
    public async Task Stored_answers_are_shared_as_it_is_configured(string scope, int calls)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(Vendor.OpenAi.AnswerAsync);
        await using var prism = await StartAsync(upstream, ("LLM_CACHE_ENABLED", "true"), ("LLM_CACHE_SCOPE", scope));
        var (one, other) = (await CreateAsync(prism, """{"name":"one"}"""), await CreateAsync(prism, """{"name":"other"}"""));

        for (var i = 0; i < 3; i++)
        {
            using var mine = await PostAsync(prism, one, Hello);
            using var theirs = await PostAsync(prism, other, HelloStream);
            await theirs.Content.ReadAsStringAsync();
        }

        Assert.Equal(calls, upstream.Received.Count);
    }

    [Theory]
    [InlineData("key", 2)]
    [InlineData("global", 1)]
    public async Task Calls_under_way_are_shared_as_it_is_configured(string scope, int calls)
    {
        var released = new TaskCompletionSource();
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await released.Task;
            await Vendor.OpenAi.AnswerAsync(call);
        });
        await using var prism = await StartAsync(upstream, ("LLM_CACHE_ENABLED", "true"), ("LLM_CACHE_SCOPE", scope));
        var (one, other) = (await CreateAsync(prism, """{"name":"one"}"""), await CreateAsync(prism, """{"name":"other"}"""));

        Task<HttpResponseMessage>[] asked = [PostAsync(prism, one, Hello), PostAsync(prism, other, Hello), PostAsync(prism, one, Hello)];
        await Until.TrueAsync("all three are under way", async () =>
            (await MetricsAsync(prism)).Contains("llm_inflight_requests{provider=\"openai\"} 3", StringComparison.Ordinal) && upstream.Received.Count >= calls);

        released.SetResult();
        foreach (var answer in await Task.WhenAll(asked))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }

        Assert.Equal(calls, upstream.Received.Count);
    }

    private static Task<PrismService> StartAsync(params (string Name, string Value)[] settings) =>
        PrismService.StartAsync([("LLM_ADMIN_API_KEY", AdminKey), .. settings]);

    private static Task<PrismService> StartAsync(ScriptedUpstream upstream, params (string Name, string Value)[] settings) => StartAsync(
        [("LLM_OPENAI_API_KEY", "sk-test"), ("LLM_OPENAI_BASE_URL", upstream.Url), ("LLM_DEFAULT_PROVIDER", "openai"), .. settings]);

    private static async Task<(string Id, string Key)> CreateAsync(PrismService prism, string terms)
    {
        using var response = await AdminAsync(prism, HttpMethod.Post, "/admin/keys", terms);
        var made = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }

    private static Task<HttpResponseMessage> PostAsync(PrismService prism, (string Id, string Key) key, string body, string query = "") =>
        SendAsync(prism, key.Key, HttpMethod.Post, "/v1/chat" + query, body);

    private static Task<HttpResponseMessage> AdminAsync(PrismService prism, HttpMethod method, string path, string? body = null) =>
        SendAsync(prism, AdminKey, method, path, body);

    private static async Task<HttpResponseMessage> SendAsync(PrismService prism, string key, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", key);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await prism.Http.SendAsync(request);
    }

    private static async Task<string> MetricsAsync(PrismService prism)
    {
        using var response = await AdminAsync(prism, HttpMethod.Get, "/metrics");
        return await response.Content.ReadAsStringAsync();
    }

    private static string? HeaderOf(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static async Task<(string? Message, string? Code)> ErrorOf(HttpResponseMessage answer)
    {
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        return (error.GetProperty("message").GetString(), error.GetProperty("code").GetString());
    }
}
