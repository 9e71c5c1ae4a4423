using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>What one owner may start and keep, over HTTP.</summary>
public sealed class QuotasTests
{
    private const string AdminKey = "the-admin-key";
    private const string Run = """{"steps":[{"template":"Hi","output_key":"a"}]}""";
    private const string RunOnly = """{"steps":[{"template":"Hi","output_key":"a"}],"wait":0}""";

    [Fact]
    public async Task The_start_of_a_run_is_a_request_of_its_key()
    {
        await using var prism = await StartAsync();
        var key = await CreateAsync(prism, """{"name":"k","requests_per_minute":1}""");

        using var first = await SendAsync(prism, key, HttpMethod.Post, "/v1/runs", RunOnly);
        using var second = await SendAsync(prism, key, HttpMethod.Post, "/v1/runs", RunOnly);
        using var listed = await SendAsync(prism, key, HttpMethod.Get, "/v1/runs");
        using var ended = await SendAsync(prism, key, HttpMethod.Post, $"{first.Headers.Location}/cancel");

        Assert.Equal([202, 429, 200, 200], new[] { first, second, listed, ended }.Select(answer => (int)answer.StatusCode));
        Assert.Equal(("1", "0"), (HeaderOf(first, "x-ratelimit-limit-requests"), HeaderOf(first, "x-ratelimit-remaining-requests")));
        Assert.Equal(("1", "0"), (HeaderOf(second, "x-ratelimit-limit-requests"), HeaderOf(second, "x-ratelimit-remaining-requests")));
        Assert.InRange(int.Parse(HeaderOf(second, "Retry-After")!, CultureInfo.InvariantCulture), 1, 82);
        Assert.Equal("The limit of 1 requests per minute for this API key is reached.", (await ErrorOf(second)).GetProperty("message").GetString());
        Assert.Single((await listed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("runs").EnumerateArray());
    }

    [Fact]
    public async Task The_start_of_a_run_is_none_of_the_requests_that_a_key_has_under_way()
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

        var chat = SendAsync(prism, key, HttpMethod.Post, "/v1/chat", """{"messages":[{"role":"user","content":"Hi"}]}""");
        await arrived.Task;
        using var started = await SendAsync(prism, key, HttpMethod.Post, "/v1/runs", RunOnly);
        released.SetResult();
        using var answered = await chat;
        using var next = await SendAsync(prism, key, HttpMethod.Post, "/v1/runs", Run);

        Assert.Equal([202, 200, 200], new[] { started, answered, next }.Select(answer => (int)answer.StatusCode));
    }

    [Fact]
    public async Task An_owner_has_so_many_active_runs_and_not_more()
    {
        var released = new TaskCompletionSource();
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await released.Task;
            await Vendor.OpenAi.AnswerAsync(call);
        });
        await using var prism = await StartAsync(upstream, ("LLM_QUOTA_ACTIVE_RUNS", "3"));
        var (one, other) = (await CreateAsync(prism, """{"name":"one"}"""), await CreateAsync(prism, """{"name":"other"}"""));

        var starts = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SendAsync(prism, one, HttpMethod.Post, "/v1/runs", RunOnly, $"{i}")));
        var allowed = Enumerable.Range(0, 20).Where(i => starts[i].StatusCode == HttpStatusCode.Accepted).ToList();
        var refused = starts.Where(start => start.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.Equal((3, 17), (allowed.Count, refused.Count));
        AssertQuota(await ErrorOf(refused[0]), "too_many_active_runs", "active_runs", 3, 3);
        Assert.Equal("1", HeaderOf(refused[0], "Retry-After"));

        using var repeated = await SendAsync(prism, one, HttpMethod.Post, "/v1/runs", RunOnly, $"{allowed[0]}");
        using var others = await SendAsync(prism, other, HttpMethod.Post, "/v1/runs", RunOnly);
        Assert.Equal((HttpStatusCode.Accepted, starts[allowed[0]].Headers.Location), (repeated.StatusCode, repeated.Headers.Location));
        Assert.Equal(HttpStatusCode.Accepted, others.StatusCode);

        using var cancelled = await SendAsync(prism, one, HttpMethod.Post, $"{repeated.Headers.Location}/cancel");
        using var next = await SendAsync(prism, one, HttpMethod.Post, "/v1/runs", RunOnly);
        using var tooMany = await SendAsync(prism, one, HttpMethod.Post, "/v1/runs", RunOnly);
        Assert.Equal([200, 202, 429], new[] { cancelled, next, tooMany }.Select(answer => (int)answer.StatusCode));
        released.SetResult();
    }

    [Fact]
    public async Task One_active_run_means_that_the_next_may_begin_when_the_last_is_answered()
    {
        await using var prism = await StartAsync(("LLM_QUOTA_ACTIVE_RUNS", "1"));

        for (var i = 0; i < 20; i++)
        {
            using var answer = await SendAsync(prism, AdminKey, HttpMethod.Post, "/v1/runs", Run);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Runs_are_kept_up_to_a_quota_and_a_deleted_one_makes_room()
    {
        await using var prism = await StartAsync(("LLM_QUOTA_RUNS", "2"));
        var (one, other) = (await CreateAsync(prism, """{"name":"one"}"""), await CreateAsync(prism, """{"name":"other"}"""));

        using var first = await SendAsync(prism, one, HttpMethod.Post, "/v1/runs", Run, "first");
        using var second = await SendAsync(prism, one, HttpMethod.Post, "/v1/runs", Run);
        using var refused = await SendAsync(prism, one, HttpMethod.Post, "/v1/runs", Run);
        using var others = await SendAsync(prism, other, HttpMethod.Post, "/v1/runs", Run);
        Assert.Equal([200, 200, 409, 200], new[] { first, second, refused, others }.Select(answer => (int)answer.StatusCode));
        AssertQuota(await ErrorOf(refused), "too_many_runs", "runs", 2, 2);

        var path = first.Headers.Location!.ToString();
        using var notMine = await SendAsync(prism, other, HttpMethod.Delete, path);
        using var mine = await SendAsync(prism, one, HttpMethod.Delete, path);
        using var gone = await SendAsync(prism, one, HttpMethod.Get, path);
        using var events = await SendAsync(prism, one, HttpMethod.Get, path + "/events");
        using var again = await SendAsync(prism, one, HttpMethod.Delete, path);
        using var listed = await SendAsync(prism, one, HttpMethod.Get, "/v1/runs");
        Assert.Equal([404, 204, 404, 404, 404], new[] { notMine, mine, gone, events, again }.Select(answer => (int)answer.StatusCode));
        Assert.Equal(
            [second.Headers.Location!.ToString()["/v1/runs/".Length..]],
            (await listed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("id").GetString()));

        using var anew = await SendAsync(prism, one, HttpMethod.Post, "/v1/runs", Run, "first");
        using var full = await SendAsync(prism, one, HttpMethod.Post, "/v1/runs", Run);
        Assert.Equal((HttpStatusCode.OK, path, HttpStatusCode.Conflict), (anew.StatusCode, anew.Headers.Location!.ToString(), full.StatusCode));
    }

    [Fact]
    public async Task A_run_that_has_not_ended_is_not_deleted()
    {
        var released = new TaskCompletionSource();
        await using var upstream = await ScriptedUpstream.StartAsync(_ => released.Task);
        await using var prism = await StartAsync(upstream);
        using var started = await SendAsync(prism, AdminKey, HttpMethod.Post, "/v1/runs", RunOnly);
        var path = started.Headers.Location!.ToString();

        using var early = await SendAsync(prism, AdminKey, HttpMethod.Delete, path);
        using var there = await SendAsync(prism, AdminKey, HttpMethod.Get, path);
        using var cancelled = await SendAsync(prism, AdminKey, HttpMethod.Post, path + "/cancel");
        using var deleted = await SendAsync(prism, AdminKey, HttpMethod.Delete, path);
        released.SetResult();

        Assert.Equal([409, 200, 200, 204], new[] { early, there, cancelled, deleted }.Select(answer => (int)answer.StatusCode));
        Assert.Equal("run_active", (await ErrorOf(early)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Runs_have_so_many_bytes_and_not_more()
    {
        await using var prism = await StartAsync(("LLM_QUOTA_RUN_BYTES", "2500000"));
        var body = JsonSerializer.Serialize(new
        {
            steps = new[] { new { template = "Hi", output_key = "a" } },
            inputs = new { text = new string('x', 1_000_000) },
        });

        var starts = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => SendAsync(prism, AdminKey, HttpMethod.Post, "/v1/runs", body)));
        Assert.Equal((2, 10), (starts.Count(start => start.StatusCode == HttpStatusCode.OK), starts.Count(start => start.StatusCode == HttpStatusCode.Conflict)));
        var error = await ErrorOf(starts.First(start => start.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(("too_many_run_bytes", 2_500_000), (error.GetProperty("code").GetString(), error.GetProperty("quota").GetProperty("limit").GetInt64()));
        Assert.InRange(error.GetProperty("quota").GetProperty("used").GetInt64(), 2_000_000, 2_001_000);

        using var deleted = await SendAsync(
            prism, AdminKey, HttpMethod.Delete, starts.First(start => start.StatusCode == HttpStatusCode.OK).Headers.Location!.ToString());
        using var next = await SendAsync(prism, AdminKey, HttpMethod.Post, "/v1/runs", body);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.OK), (deleted.StatusCode, next.StatusCode));
    }

    [Theory]
    [InlineData("chain", """{"steps":[{"template":"%","output_key":"a"}]}""")]
    [InlineData("template", """{"template":"%"}""")]
    public async Task What_is_stored_by_name_has_a_quota_of_its_number_and_of_its_bytes(string kind, string form)
    {
        var name = kind.ToUpperInvariant();
        await using var prism = await StartAsync(($"LLM_QUOTA_{name}S", "3"), ($"LLM_QUOTA_{name}_BYTES", "30000"));
        var (small, large) = (form.Replace("%", "Hi", StringComparison.Ordinal), form.Replace("%", new string('x', 13_000), StringComparison.Ordinal));
        var key = await CreateAsync(prism, """{"name":"k"}""");

        var stored = await Task.WhenAll("abcdef".Select(letter => PutAsync($"{letter}", large)));
        Assert.Equal((2, 4), (stored.Count(one => one.StatusCode == HttpStatusCode.Created), stored.Count(one => one.StatusCode == HttpStatusCode.Conflict)));
        var full = stored.First(one => one.StatusCode == HttpStatusCode.Conflict);
        var error = await ErrorOf(full);
        Assert.Equal($"too_many_{kind}_bytes", error.GetProperty("code").GetString());
        Assert.InRange(error.GetProperty("quota").GetProperty("used").GetInt64(), 26_000, 28_000);

        var kept = "abcdef"[Array.FindIndex(stored, one => one.StatusCode == HttpStatusCode.Created)];
        using var third = await PutAsync("z", small);
        using var fourth = await PutAsync("y", small);
        using var same = await PutAsync($"{kept}", large);
        using var larger = await PutAsync($"{kept}", large.Replace("x\"", new string('x', 5_000) + "\"", StringComparison.Ordinal));
        Assert.Equal([201, 409, 200, 409], new[] { third, fourth, same, larger }.Select(one => (int)one.StatusCode));
        AssertQuota(await ErrorOf(fourth), $"too_many_{kind}s", $"{kind}s", 3, 3);

        using var shrunk = await PutAsync($"{kept}", small);
        using var grown = await PutAsync("z", large);
        using var deleted = await SendAsync(prism, key, HttpMethod.Delete, $"/v1/{kind}s/z");
        using var another = await PutAsync("y", large);
        using var others = await SendAsync(prism, AdminKey, HttpMethod.Put, $"/v1/{kind}s/a", large);
        Assert.Equal([200, 200, 204, 201, 201], new[] { shrunk, grown, deleted, another, others }.Select(one => (int)one.StatusCode));

        Task<HttpResponseMessage> PutAsync(string id, string body) => SendAsync(prism, key, HttpMethod.Put, $"/v1/{kind}s/{id}", body);
    }

    private static Task<PrismService> StartAsync(params (string Name, string Value)[] settings) =>
        PrismService.StartAsync([("LLM_ADMIN_API_KEY", AdminKey), .. settings]);

    private static Task<PrismService> StartAsync(ScriptedUpstream upstream, params (string Name, string Value)[] settings) => StartAsync(
        [("LLM_OPENAI_API_KEY", "sk-test"), ("LLM_OPENAI_BASE_URL", upstream.Url), ("LLM_DEFAULT_PROVIDER", "openai"), .. settings]);

    private static async Task<string> CreateAsync(PrismService prism, string terms)
    {
        using var response = await SendAsync(prism, AdminKey, HttpMethod.Post, "/admin/keys", terms);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        PrismService prism, string key, HttpMethod method, string path, string? body = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", key);
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await prism.Http.SendAsync(request);
    }

    private static async Task<JsonElement> ErrorOf(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");

    private static void AssertQuota(JsonElement error, string code, string name, long used, long limit)
    {
        var quota = error.GetProperty("quota");
        Assert.Equal(
            (code, name, used, limit),
            (error.GetProperty("code").GetString(),
                quota.GetProperty("name").GetString(),
                quota.GetProperty("used").GetInt64(),
                quota.GetProperty("limit").GetInt64()));
    }

    private static string? HeaderOf(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
