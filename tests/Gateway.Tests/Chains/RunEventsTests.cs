using System.Net;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;

namespace Prism.Tests.Chains;

/// <summary>A run's events as server-sent events.</summary>
public sealed class RunEventsTests : GatewayTest
{
    private const string Id = "run_0123456789abcdef0123456789abcdef";

    private ScriptedRun Run => Host.Grains.Run(Id);

    [Fact]
    public async Task Events_have_ids_types_and_data_and_end_with_the_run()
    {
        Run.Run = ScriptedRuns.Succeeded(Id);
        Run.Emit(ScriptedRuns.Started(Id), ScriptedRuns.Delta(Id, "Sh\nort „"), ScriptedRuns.Completed(Id));
        Run.Emit(ScriptedRuns.Ended(Id));

        using var response = await Host.Client.GetAsync($"/v1/runs/{Id}/events?deltas=true");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache", HeaderOf(response, "cache-control"));
        await Golden.EqualAsync("run-events.sse", response);
        Assert.Equal([(0L, true)], Run.Watches);
    }

    [Fact]
    public async Task A_start_is_answered_with_the_runs_events()
    {
        var run = Host.Grains.Run(GrainKeys.Run(Owners.Global, "k"));
        run.Emit(ScriptedRuns.Started(Id), ScriptedRuns.Completed(Id), ScriptedRuns.Ended(Id));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs")
        {
            Content = GatewayHost.Json("""{"steps":[{"template":"Hi","output_key":"a"}],"stream":true}"""),
            Headers = { { "Idempotency-Key", "k" } },
        };

        using var response = await Host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"/v1/runs/{run.Id}", response.Headers.Location?.ToString());
        var events = (await response.Content.ReadAsStringAsync()).Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal));
        Assert.Equal(["event: run.started", "event: step.completed", "event: run.completed"], events);
        Assert.Equal([(0L, false)], run.Watches);
        Assert.Empty(run.Waits);
    }

    [Fact]
    public async Task A_client_that_comes_back_is_told_what_comes_after_the_last_event_it_has()
    {
        Run.Run = ScriptedRuns.Succeeded(Id);
        Run.Emit(ScriptedRuns.Ended(Id));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/runs/{Id}/events") { Headers = { { "Last-Event-ID", "2" } } };

        using var response = await Host.Client.SendAsync(request);

        Assert.StartsWith("id: 3\nevent: run.completed\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal([(2L, false)], Run.Watches);
    }

    [Fact]
    public async Task A_client_that_has_all_there_is_need_not_come_back()
    {
        Run.Run = ScriptedRuns.Succeeded(Id);
        Run.EndEvents();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/runs/{Id}/events") { Headers = { { "Last-Event-ID", "3" } } };

        using var response = await Host.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.NoContent, ""), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("/events", "two", "Last-Event-ID")]
    [InlineData("/events", "-1", "Last-Event-ID")]
    [InlineData("/events?deltas=1", null, "deltas")]
    public async Task What_cannot_be_read_on_from_is_refused(string path, string? last, string param)
    {
        Run.Run = ScriptedRuns.Succeeded(Id);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/runs/{Id}{path}");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", last ?? "");

        using var response = await Host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(param, (await ReadErrorAsync(response)).Param);
    }

    [Fact]
    public async Task A_client_knows_that_it_is_connected_before_anything_happens_and_leaves_when_it_wants_to()
    {
        Run.Run = ScriptedRuns.Running(Id);
        using (var response = await Host.Client.GetAsync($"/v1/runs/{Id}/events", HttpCompletionOption.ResponseHeadersRead))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            Assert.Equal(": ping", await reader.ReadLineAsync().WaitAsync(GatewayHost.Deadline));

            Run.Emit(ScriptedRuns.Started(Id));
            Assert.Equal("", await reader.ReadLineAsync().WaitAsync(GatewayHost.Deadline));
            Assert.Equal("id: 1", await reader.ReadLineAsync().WaitAsync(GatewayHost.Deadline));
        }

        await Run.Left.Task.WaitAsync(GatewayHost.Deadline);
        Assert.Equal(ChainRunStatus.Running, Run.Run.Status);
    }

    [Fact]
    public async Task A_silo_that_stops_ends_the_stream_and_not_the_run()
    {
        Run.Run = ScriptedRuns.Running(Id);
        Run.Emit(ScriptedRuns.Started(Id));
        using var response = await Host.Client.GetAsync($"/v1/runs/{Id}/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync().WaitAsync(GatewayHost.Deadline) != "event: run.started")
        {
        }

        Host.Drain.Close();

        Assert.DoesNotContain("event: ", await reader.ReadToEndAsync().WaitAsync(GatewayHost.Deadline), StringComparison.Ordinal);
        Assert.Equal(ChainRunStatus.Running, Run.Run.Status);
    }
}
