using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Prism.Tests.Processes;
using Prism.Tests.Redis;

namespace Prism.Tests.Storage;

/// <summary>A Redis that is full, takes no writes, or says nothing, under a real silo. Needs a <c>redis-server</c>: Garnet cannot be any of that.</summary>
[Collection(Lanes.Moments)]
public sealed class StorageTests
{
    private const string AdminKey = "e2e-admin-key";
    private const string Run = """{"steps":[{"template":"Hi","output_key":"a"}]}""";
    private const string Chat = """{"provider":"echo","messages":[{"role":"user","content":"Hi"}]}""";

    // Far beyond the 3 s that it may take: what hangs reaches it.
    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Deadline = Patience.Limit;

    [MachineFact(needsRoot: false, "redis-server")]
    public Task A_Redis_that_is_full_is_an_outage_that_is_seen() => AssertSeenAsync("storage_full");

    [MachineFact(needsRoot: false, "redis-server")]
    public Task A_Redis_that_takes_no_writes_is_an_outage_that_is_seen() => AssertSeenAsync("storage_read_only");

    [MachineFact(needsRoot: false, "redis-server")]
    public Task A_Redis_that_is_frozen_is_a_503_and_nothing_is_lost() => RunAsync(async (silo, redis) =>
    {
        using var made = await StartRunAsync(silo, "first");
        await redis.FreezeAsync();

        // All at once, before the silo has noticed.
        HttpResponseMessage[] frozen = await Task.WhenAll(
            SendAsync(silo, HttpMethod.Post, "/v1/runs", Run, "k"),
            SendAsync(silo, HttpMethod.Get, "/v1/runs/run_00000000000000000000000000000000"),
            SendAsync(silo, HttpMethod.Post, "/admin/keys", """{"name":"k"}"""),
            SendAsync(silo, HttpMethod.Put, "/v1/chains/c", """{"steps":[{"template":"Hi","output_key":"a"}]}"""),
            SendAsync(silo, HttpMethod.Put, "/v1/templates/t", """{"template":"Hi"}"""));
        await AssertRefusedAsync(frozen);
        await ReadyIsAsync(silo, "storage_unreachable");
        using var chat = await SendAsync(silo, HttpMethod.Post, "/v1/chat", Chat);
        using var known = await SendAsync(silo, HttpMethod.Post, "/v1/runs", Run, "k");
        Assert.Equal(HttpStatusCode.OK, chat.StatusCode);
        await AssertRefusedAsync(known);

        await redis.ThawAsync();
        await silo.ReadyAsync();
        await AssertOneRunAsync(silo, "k");
        await AssertLogAsync(silo, "Redis cannot be used: unreachable");
    });

    [MachineFact(needsRoot: false, "redis-server")]
    public Task A_Redis_that_is_gone_is_a_503_and_nothing_is_lost() => RunAsync(async (silo, redis) =>
    {
        using var made = await StartRunAsync(silo, "first");
        await redis.GoAwayAsync();

        using var run = await SendAsync(silo, HttpMethod.Post, "/v1/runs", Run, "k");
        using var key = await SendAsync(silo, HttpMethod.Post, "/admin/keys", """{"name":"k"}""");
        await AssertRefusedAsync(run, key);

        await redis.ComeBackAsync();
        await silo.ReadyAsync();
        await AssertOneRunAsync(silo, "k");
    });

    [Fact, Trait("Suite", "Long")]
    public Task A_silo_that_is_cut_off_from_Redis_makes_no_others_wait_and_nothing_is_lost() => PrismCluster.RunAsync(silos: 1, async cluster =>
    {
        var redis = new UriBuilder(cluster.Redis.Url);
        await using var way = new Forwarder(redis.Host, redis.Port);
        way.Open();
        redis.Port = way.Port;
        var cut = cluster.Start(("LLM_REDIS_URL", redis.Uri.ToString().TrimEnd('/')));
        await cut.ReadyAsync();
        await cluster.SeenActiveAsync();
        var silo = cluster.Silos[0];
        var keys = Enumerable.Range(0, 24).Select(i => $"k{i}").ToList();

        await way.CloseAsync();
        // Half of the grains that they need are where there is no storage.
        var answers = await Task.WhenAll(keys.Select(key => SendAsync(silo, HttpMethod.Post, "/v1/runs", Run, key)));
        Assert.All(answers, answer => Assert.Contains((int)answer.StatusCode, (int[])[200, 202, 503]));
        await AssertRefusedAsync([.. answers.Where(answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable)]);

        way.Open();
        await cut.ReadyAsync();
        await Until.TrueAsync("every run is there", Deadline, async () =>
        {
            answers = await Task.WhenAll(keys.Select(key => SendAsync(silo, HttpMethod.Post, "/v1/runs", Run, key)));
            return answers.All(answer => answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted);
        });
        var runs = (await silo.Http.GetFromJsonAsync<JsonElement>("/v1/runs?limit=100")).GetProperty("runs").EnumerateArray();
        Assert.Equal(
            answers.Select(answer => answer.Headers.Location!.ToString()["/v1/runs/".Length..]).Order(StringComparer.Ordinal),
            runs.Select(run => run.GetProperty("id").GetString()!).Order(StringComparer.Ordinal));
    }, ("LLM_ADMIN_API_KEY", AdminKey), ("LLM_STORAGE_TIMEOUT", "2.5"));

    private static Task AssertSeenAsync(string status) => RunAsync(async (silo, redis) =>
    {
        using var made = await StartRunAsync(silo, "first");
        await SetAsync(redis, status, on: true);
        await ReadyIsAsync(silo, status);

        using var chat = await SendAsync(silo, HttpMethod.Post, "/v1/chat", Chat);
        using var listed = await SendAsync(silo, HttpMethod.Get, "/v1/runs");
        using var run = await SendAsync(silo, HttpMethod.Post, "/v1/runs", Run, "k");
        using var key = await SendAsync(silo, HttpMethod.Post, "/admin/keys", """{"name":"k"}""");
        using var chain = await SendAsync(silo, HttpMethod.Put, "/v1/chains/c", """{"steps":[{"template":"Hi","output_key":"a"}]}""");
        using var template = await SendAsync(silo, HttpMethod.Put, "/v1/templates/t", """{"template":"Hi"}""");
        Assert.Equal([200, 200, 200], new[] { made, chat, listed }.Select(response => (int)response.StatusCode));
        await AssertRefusedAsync(run, key, chain, template);

        await SetAsync(redis, status, on: false);
        await silo.ReadyAsync();
        using var again = await StartRunAsync(silo, "k");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        await AssertLogAsync(silo, $"Redis cannot be used: {status["storage_".Length..]}");
    });

    private static Task RunAsync(Func<PrismProcess, RedisServerProcess, Task> test) => PrismCluster.RunAsync(
        silos: 1,
        cluster => test(cluster.Silos[0], cluster.OwnRedis),
        ("LLM_ADMIN_API_KEY", AdminKey), ("LLM_STORAGE_TIMEOUT", "2.5"));

    private static Task SetAsync(RedisServerProcess redis, string status, bool on) =>
        status == "storage_full" ? redis.SetFullAsync(on) : redis.SetReplicaAsync(on);

    private static Task ReadyIsAsync(PrismProcess silo, string status) => Until.TrueAsync($"it is {status}", Deadline, async () =>
    {
        using var response = await silo.Http.GetAsync("/healthz/ready");
        return response.StatusCode == HttpStatusCode.ServiceUnavailable
            && await response.Content.ReadAsStringAsync() == $$"""{"status":"{{status}}"}""";
    });

    private static async Task<HttpResponseMessage> SendAsync(
        PrismProcess silo, HttpMethod method, string path, string? body = null, string? idempotencyKey = null)
    {
        using var patience = new CancellationTokenSource(Hanging);
        using var request = new HttpRequestMessage(method, path);
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await silo.Http.SendAsync(request, patience.Token);
    }

    // On a starved machine a first run may take longer than storage is waited for: the client does as the 503 says.
    private static async Task<HttpResponseMessage> StartRunAsync(PrismProcess silo, string idempotencyKey)
    {
        var response = default(HttpResponseMessage);
        await Until.TrueAsync("the run is taken", Deadline, async () =>
        {
            response?.Dispose();
            response = await SendAsync(silo, HttpMethod.Post, "/v1/runs", Run, idempotencyKey);
            return response.StatusCode != HttpStatusCode.ServiceUnavailable;
        });
        return response!;
    }

    private static async Task AssertRefusedAsync(params HttpResponseMessage[] responses)
    {
        foreach (var response in responses)
        {
            var (path, body) = (response.RequestMessage!.RequestUri, await response.Content.ReadAsStringAsync());
            Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable, $"{path}: {response.StatusCode} {body}");
            Assert.True(response.Headers.RetryAfter?.Delta is not null, $"{path}: no Retry-After");
        }
    }

    // Whether the first try came to be, or this one does: one run.
    private static async Task AssertOneRunAsync(PrismProcess silo, string idempotencyKey)
    {
        using var response = await StartRunAsync(silo, idempotencyKey);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var id = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        var runs = (await silo.Http.GetFromJsonAsync<JsonElement>("/v1/runs")).GetProperty("runs").EnumerateArray();
        Assert.Single(runs, run => run.GetProperty("id").GetString() == id);
    }

    // It says so once, and nothing fills pages with frames.
    private static async Task AssertLogAsync(PrismProcess silo, string said)
    {
        await using var file = new FileStream(silo.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var lines = (await reader.ReadToEndAsync()).Split('\n');
        Assert.Single(lines, line => line.Contains(said, StringComparison.Ordinal));
        var pages = lines.Where(line => line.Contains("\"@x\"", StringComparison.Ordinal) && line.Contains("Prism.", StringComparison.Ordinal));
        Assert.Empty(pages);
    }
}
