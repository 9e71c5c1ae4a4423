using System.Net;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chains;

/// <summary><c>/v1/runs</c>: how runs are started, found, listed and cancelled.</summary>
public sealed class RunsTests : GatewayTest
{
    private const string Id = "run_0123456789abcdef0123456789abcdef";

    private const string Steps = """[{"template":"Sum up: {{ article }}","output_key":"summary"}]""";

    [Fact]
    public async Task A_run_that_ends_in_time_is_answered_whole()
    {
        var run = Host.Grains.Run(GrainKeys.Run(Owners.Global, "k"));
        run.OnWait = _ =>
        {
            run.Run = ScriptedRuns.Succeeded(Id);
            return Task.CompletedTask;
        };

        using var response = await StartAsync($$"""{"steps":{{Steps}},"inputs":{"article":"Long"},"max_parallel":2}""", "k");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"/v1/runs/{run.Id}", response.Headers.Location?.ToString());
        await Golden.EqualAsync("run.json", response);
        var start = Assert.Single(run.Starts);
        Assert.Equal((Owners.Global, null, 2), (start.Owner, start.Chain, start.Definition.MaxParallel));
        Assert.Equal(("Sum up: {{ article }}", "summary"), (start.Definition.Steps[0].Template, start.Definition.Steps[0].OutputKey));
        Assert.Equal("Long", start.Definition.Inputs!["article"].GetString());
    }

    [Theory]
    [InlineData("", new[] { 10.0, 10, 10, 10, 10, 10 })]
    [InlineData(""","wait":25""", new[] { 10.0, 10, 5 })]
    [InlineData(""","wait":0.5""", new[] { 0.5 })]
    [InlineData(""","wait":0""", new double[0])]
    [InlineData(""","wait":null""", new[] { 10.0, 10, 10, 10, 10, 10 })]
    public async Task A_run_that_takes_longer_than_is_waited_for_is_answered_as_it_is(string wait, double[] waited)
    {
        using var response = await StartAsync($$"""{"steps":{{Steps}}{{wait}}}""");

        var run = Assert.Single(Host.Grains.Runs);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/v1/runs/{run.Id}", response.Headers.Location?.ToString());
        Assert.Equal(waited, run.Waits.Select(one => one.TotalSeconds));
        Assert.Contains("\"status\":\"running\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_over_already_is_not_waited_for()
    {
        var run = Host.Grains.Run(GrainKeys.Run(Owners.Global, "k"));
        run.Run = ScriptedRuns.Succeeded(run.Id);

        using var response = await StartAsync($$"""{"steps":{{Steps}}}""", "k");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(run.Waits);
    }

    [Theory]
    [InlineData("""{}""", "steps", "'steps' is missing, or 'chain' with the name of a stored chain.")]
    [InlineData("""{"steps":[],"chain":"c"}""", "chain", "'steps' and 'chain' cannot go together.")]
    [InlineData("""{"steps":[],"wait":300.5}""", "wait", "'wait' must be from 0 to 300 seconds.")]
    [InlineData("""{"steps":[],"wait":-1}""", "wait", "'wait' must be from 0 to 300 seconds.")]
    [InlineData("""{"steps":[],"wait":"1"}""", "wait", "'wait' must be a number.")]
    [InlineData("""{"steps":[],"input":{}}""", "input", "'input' is not known here.")]
    [InlineData("""{"steps":{}}""", "steps", "'steps' must be a list.")]
    [InlineData("""{"steps":[{"template":1}]}""", "steps[0].template", "'steps[0].template' must be a string.")]
    [InlineData("""{"steps":[],"inputs":{"a":1,"a":2}}""", "inputs.a", "'inputs.a' appears twice.")]
    [InlineData("""{"chain":"no-such"}""", "chain", "There is no chain 'no-such'.")]
    [InlineData("""{"chain":"a/b"}""", "chain", "There is no chain 'a/b'.")]
    public async Task A_body_that_is_not_right_is_refused(string body, string param, string message)
    {
        using var response = await StartAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = await ReadErrorAsync(response);
        Assert.Equal((param, message), (error.Param, error.Message));
        Assert.Empty(Host.Grains.Runs);
    }

    [Theory]
    [InlineData(ChatErrorKind.InvalidRequest, HttpStatusCode.BadRequest)]
    [InlineData(ChatErrorKind.RequestTooLarge, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(ChatErrorKind.Unprocessable, HttpStatusCode.UnprocessableEntity)]
    public async Task What_keeps_a_run_from_starting_is_told_also_where_a_stream_was_asked_for(ChatErrorKind kind, HttpStatusCode status)
    {
        Host.Grains.Run(GrainKeys.Run(Owners.Global, "k")).Outcome = new()
        {
            Error = new() { Kind = kind, Message = "Step 'summary': no.", Param = "steps[0].template", Code = "invalid_chain" },
        };

        using var response = await StartAsync($$"""{"steps":{{Steps}},"stream":true}""", "k");

        Assert.Equal(status, response.StatusCode);
        Assert.Null(response.Headers.Location);
        Assert.Equal(("Step 'summary': no.", "invalid_request_error", "steps[0].template", "invalid_chain"), await ReadErrorAsync(response));
    }

    [Fact]
    public async Task The_same_key_and_body_are_the_same_start_however_its_end_is_to_be_told()
    {
        var run = Host.Grains.Run(GrainKeys.Run(Owners.Global, "k"));
        run.Run = ScriptedRuns.Succeeded(run.Id);

        using var first = await StartAsync($$$"""{"steps":{{{Steps}}},"inputs":{"a":1}}""", "k");
        using var again = await StartAsync($$"""{ "wait": 5, "steps": {{Steps}}, "inputs": { "a": 1 } }""", "k");
        using var other = await StartAsync($$$"""{"steps":{{{Steps}}},"inputs":{"a":2}}""", "k");

        var fingerprints = run.Starts.Select(start => start.Fingerprint).ToList();
        Assert.Equal(fingerprints[0], fingerprints[1]);
        Assert.NotEqual(fingerprints[0], fingerprints[2]);
        Assert.Same(run, Assert.Single(Host.Grains.Runs));
    }

    [Fact]
    public async Task Without_a_key_every_start_is_a_run_of_its_own()
    {
        using var first = await StartAsync($$"""{"steps":{{Steps}},"wait":0}""");
        using var second = await StartAsync($$"""{"steps":{{Steps}},"wait":0}""");

        Assert.NotEqual(first.Headers.Location, second.Headers.Location);
        Assert.Equal(2, Host.Grains.Runs.Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("256")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        using var response = await StartAsync($$"""{"steps":{{Steps}}}""", key == "256" ? new string('k', 256) : key);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("Idempotency-Key", (await ReadErrorAsync(response)).Param);
    }

    [Fact]
    public async Task A_stored_chain_is_run_as_it_is_now_with_the_runs_inputs_before_its_own()
    {
        Host.Grains.Chain("digest").Stored = ScriptedChains.Digest;

        using var response = await StartAsync("""{"chain":"digest","inputs":{"article":"A","tone":"dry"},"wait":0}""");

        var start = Assert.Single(Assert.Single(Host.Grains.Runs).Starts);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(("digest", 3, 2), (start.Chain, start.ChainVersion, start.Definition.MaxParallel));
        Assert.Equal(ScriptedChains.Digest.Definition.Steps, start.Definition.Steps);
        Assert.Equal(
            ["article=A", "language=en", "tone=dry"],
            start.Definition.Inputs!.Select(input => $"{input.Key}={input.Value.GetString()}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_retry_finds_its_run_although_the_chain_has_been_deleted()
    {
        Host.Grains.Chain("digest").Stored = ScriptedChains.Digest;
        using var first = await StartAsync("""{"chain":"digest","wait":0}""", "k");
        Host.Grains.Chain("digest").Stored = null;

        using var again = await StartAsync("""{"chain":"digest","wait":0}""", "k");
        using var other = await StartAsync("""{"chain":"digest","wait":0}""", "l");

        Assert.Equal((HttpStatusCode.Accepted, first.Headers.Location), (again.StatusCode, again.Headers.Location));
        var starts = Host.Grains.Run(GrainKeys.Run(Owners.Global, "k")).Starts;
        Assert.Single(starts.Select(start => start.Fingerprint).Distinct());
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
    }

    [Fact]
    public async Task A_run_is_found_by_its_id()
    {
        Host.Grains.Run(Id).Run = ScriptedRuns.Succeeded(Id);

        using var response = await Host.Client.GetAsync($"/v1/runs/{Id}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Golden.EqualAsync("run.json", response);
    }

    [Fact]
    public async Task A_run_has_all_its_properties_from_the_start()
    {
        Host.Grains.Run(Id).Run = ScriptedRuns.Running(Id);

        using var response = await Host.Client.GetAsync($"/v1/runs/{Id}");

        await Golden.EqualAsync("run-running.json", response);
    }

    [Fact]
    public async Task An_id_that_is_too_long_for_one_is_not_looked_for_and_not_repeated()
    {
        using var response = await Host.Client.GetAsync($"/v1/runs/{new string('x', 5000)}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(($"There is no run '{new string('x', 64)}…'.", "invalid_request_error", "id", "run_not_found"), await ReadErrorAsync(response));
        Assert.Empty(Host.Grains.Runs);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/cancel")]
    [InlineData("GET", "/events")]
    public async Task A_run_of_somebody_else_is_as_good_as_none(string method, string path)
    {
        Host.Grains.Run(Id).Run = ScriptedRuns.Succeeded(Id) with { Owner = "somebody else" };

        using var foreign = await Host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/v1/runs/{Id}{path}"));
        using var none = await Host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/v1/runs/other{path}"));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (foreign.StatusCode, none.StatusCode));
        Assert.Equal(($"There is no run '{Id}'.", "invalid_request_error", "id", "run_not_found"), await ReadErrorAsync(foreign));
        Assert.Equal("There is no run 'other'.", (await ReadErrorAsync(none)).Message);
        Assert.Equal(ChainRunStatus.Succeeded, Host.Grains.Run(Id).Run?.Status);
    }

    [Fact]
    public async Task A_run_is_cancelled()
    {
        Host.Grains.Run(Id).Run = ScriptedRuns.Running(Id);

        using var response = await Host.Client.PostAsync($"/v1/runs/{Id}/cancel", null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"status\":\"cancelled\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_are_listed_page_by_page()
    {
        Host.Grains.Index().Page = new()
        {
            Runs =
            [
                new() { Id = Id, Chain = "digest", Status = ChainRunStatus.Failed, CreatedAt = ScriptedRuns.At, FinishedAt = ScriptedRuns.At.AddMinutes(1) },
                new() { Id = "run_2", Status = ChainRunStatus.Running, CreatedAt = ScriptedRuns.At },
            ],
            Next = "n",
        };

        using var first = await Host.Client.GetAsync("/v1/runs");
        var byDefault = Host.Grains.Index().LastQuery;
        using var second = await Host.Client.GetAsync("/v1/runs?status=failed&limit=100&after=n");

        await Golden.EqualAsync("runs.json", first);
        Assert.Equal(new() { Limit = 20 }, byDefault);
        Assert.Equal(new() { Status = ChainRunStatus.Failed, Limit = 100, After = "n" }, Host.Grains.Index().LastQuery);
    }

    [Theory]
    [InlineData("status=done", "status", "'status' must be one of queued, running, succeeded, failed, cancelled.")]
    [InlineData("status=failed&status=running", "status", "'status' must be one of queued, running, succeeded, failed, cancelled.")]
    [InlineData("limit=0", "limit", "'limit' must be from 1 to 100.")]
    [InlineData("limit=101", "limit", "'limit' must be from 1 to 100.")]
    [InlineData("limit=ten", "limit", "'limit' must be from 1 to 100.")]
    [InlineData("after=a&after=b", "after", "'after' must be given once.")]
    public async Task A_list_that_cannot_be_had_is_refused(string query, string param, string message)
    {
        using var response = await Host.Client.GetAsync("/v1/runs?" + query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = await ReadErrorAsync(response);
        Assert.Equal((param, message), (error.Param, error.Message));
    }

    [Fact]
    public async Task A_silo_that_stops_answers_with_the_run_as_it_is()
    {
        var waiting = new TaskCompletionSource();
        Host.Grains.Run(GrainKeys.Run(Owners.Global, "k")).OnWait = cancellationToken =>
        {
            waiting.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        };
        var answer = StartAsync($$"""{"steps":{{Steps}}}""", "k");
        await waiting.Task.WaitAsync(GatewayHost.Deadline);

        Host.Drain.Close();

        using var response = await answer;
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    private Task<HttpResponseMessage> StartAsync(string json, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs") { Content = GatewayHost.Json(json) };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return Host.Client.SendAsync(request);
    }
}
