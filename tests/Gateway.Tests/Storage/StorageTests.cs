using System.Globalization;
using System.Net;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.Interfaces.Quotas;
using Prism.Tests.Chains;

namespace Prism.Tests.Storage;

/// <summary>What is answered while the storage is away, full, or broken in the middle of a request.</summary>
public sealed class StorageTests : GatewayTest
{
    private const string Chain = """{"steps":[{"template":"Hi","output_key":"a"}]}""";

    public static TheoryData<string, string> Writes => new()
    {
        { "POST", "/v1/runs" },
        { "POST", "/v1/runs/run_1/cancel" },
        { "DELETE", "/v1/runs/run_1" },
        { "PUT", "/v1/chains/a" },
        { "DELETE", "/v1/chains/a" },
        { "PUT", "/v1/templates/a" },
        { "DELETE", "/v1/templates/a" },
        { "POST", "/admin/keys" },
        { "PATCH", "/admin/keys/a" },
        { "DELETE", "/admin/keys/a" },
    };

    public static TheoryData<string, string> Reads => new()
    {
        { "GET", "/v1/runs" },
        { "GET", "/v1/runs/run_1" },
        { "GET", "/v1/runs/run_1/events" },
        { "GET", "/v1/chains" },
        { "GET", "/v1/chains/a" },
        { "GET", "/v1/templates" },
        { "GET", "/admin/keys" },
        { "GET", "/admin/keys/a" },
        { "GET", "/admin/usage" },
    };

    public static TheoryData<Exception> Failures =>
    [
        new OrleansException("Error from storage provider RedisGrainStorage.names during WriteStateAsync\n at a stack"),
        new SiloUnavailableException("The silo is gone."),
        new TimeoutException("Response did not arrive on time."),
        new InvalidOperationException("outer", new TimeoutException("inner")),
    ];

    [Theory]
    [MemberData(nameof(Writes))]
    [MemberData(nameof(Reads))]
    public async Task What_needs_the_storage_is_refused_at_once_while_it_cannot_be_reached(string method, string path)
    {
        SetProblem(StorageProblems.Unreachable);

        using var response = await SendAsync(method, path);

        await AssertRefusedAsync(response, "Prism's storage cannot be reached.");
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task What_writes_is_refused_at_once_while_the_storage_is_full(string method, string path)
    {
        SetProblem(StorageProblems.Full);

        using var response = await SendAsync(method, path);

        await AssertRefusedAsync(response, "Prism's storage is full.");
    }

    [Theory]
    [InlineData(StorageProblems.Full)]
    [InlineData(StorageProblems.ReadOnly)]
    public async Task What_only_reads_is_served_while_the_storage_takes_no_writes(string problem)
    {
        SetProblem(problem);
        Host.Grains.Run("run_1").Run = ScriptedRuns.Succeeded("run_1");

        using var run = await SendAsync("GET", "/v1/runs/run_1");
        using var runs = await SendAsync("GET", "/v1/runs");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (run.StatusCode, runs.StatusCode));
    }

    [Theory]
    [InlineData(StorageProblems.Full)]
    [InlineData(StorageProblems.Unreachable)]
    [InlineData(StorageProblems.Refused)]
    public async Task What_needs_no_storage_is_served_without_it(string problem)
    {
        SetProblem(problem);
        Host.Chat.Answer(new ChatOutcome
        {
            Response = new() { Choices = [new() { Message = new() { Content = "Hello" } }] },
            Route = ScriptedChat.Route,
        });

        using var chat = await Host.PostAsync("/v1/chat", GatewayHost.Hello);
        using var models = await SendAsync("GET", "/v1/models");
        using var builtIn = await SendAsync("GET", "/v1/templates/summarize");

        Assert.Equal([200, 200, 200], new[] { chat, models, builtIn }.Select(response => (int)response.StatusCode));
    }

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task What_breaks_in_the_middle_is_a_503_and_one_line_of_the_log(Exception failure)
    {
        Host.Grains.Chain("a").Failure = failure;

        using var response = await SendAsync("PUT", "/v1/chains/a");

        await AssertRefusedAsync(response, "Prism's storage does not respond.");
        var line = await Host.Log.NextAsync(logged => logged.Exception is not null
            || logged.MessageTemplate.Text.Contains("failed: the storage", StringComparison.Ordinal));
        Assert.Null(line.Exception);
        Assert.DoesNotContain('\n', line.RenderMessage(CultureInfo.InvariantCulture));
        Assert.Null((await Host.Log.NextRequestAsync()).Exception);
    }

    [Fact]
    public async Task A_bug_is_none()
    {
        Host.Grains.Chain("a").Failure = new InvalidOperationException("A bug.");

        using var response = await SendAsync("PUT", "/v1/chains/a");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task A_start_that_is_refused_by_its_key_is_not_made_and_says_how_its_limits_stand()
    {
        Host.KeyRequests.Next = new(new()
        {
            Kind = ChatErrorKind.RateLimited,
            Message = "The limit of 1 requests per minute for this API key is reached.",
            RetryAfter = TimeSpan.FromSeconds(7),
            Limits = [new() { Kind = LimitKind.RequestsPerMinute, Limit = 1, Remaining = 0, ResetAfter = TimeSpan.FromSeconds(7) }],
        });

        using var response = await SendAsync("POST", "/v1/runs");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(("7", "0", "7s"), (
            HeaderOf(response, "Retry-After"), HeaderOf(response, "x-ratelimit-remaining-requests"), HeaderOf(response, "x-ratelimit-reset-requests")));
        Assert.Equal(Owners.Global, Host.KeyRequests.LastOwner);
        Assert.Empty(Host.Grains.Runs);
    }

    private void SetProblem(string problem) => Host.Cluster.Status = Host.Cluster.Status with
    {
        Storage = new() { Kind = "redis", Reachable = problem != StorageProblems.Unreachable, Problem = problem },
    };

    private Task<HttpResponseMessage> SendAsync(string method, string path)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = method is "POST" or "PUT" or "PATCH" ? GatewayHost.Json(Chain) : null;
        return Host.Client.SendAsync(request);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, string message)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var error = await ReadErrorAsync(response);
        Assert.Equal(("server_error", "storage_unavailable"), (error.Type, error.Code));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal("2", HeaderOf(response, "Retry-After"));
    }
}
