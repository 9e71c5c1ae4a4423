using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;

namespace Prism.Tests.Service;

/// <summary>Chains and their runs through the whole service.</summary>
public sealed partial class RunsTests
{
    private const string TwoSteps =
        """[{"template":"Summarize this: {{ article }}","output_key":"summary"},{"template":"Extract key points from: {{ summary }}","output_key":"key_points"}]""";

    [Fact]
    public async Task The_references_chain_runs_as_it_stands()
    {
        await using var prism = await PrismService.StartAsync();

        using var response = await prism.PostAsync("/v1/runs", $$$"""{"steps":{{{TwoSteps}}},"inputs":{"article":"Long."}}""");

        var run = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("succeeded", run.GetProperty("status").GetString());
        Assert.Equal("""{"summary":"Summarize this: Long.","key_points":"Extract key points from: Summarize this: Long."}""", run.GetProperty("outputs").GetRawText());
        Assert.Equal("""{"article":"Long."}""", run.GetProperty("inputs").GetRawText());
        Assert.Equal(["succeeded", "succeeded"], run.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("status").GetString()));
        Assert.Equal("echo", run.GetProperty("steps")[0].GetProperty("provider").GetString());
        var found = await prism.Http.GetFromJsonAsync<JsonElement>(response.Headers.Location);
        Assert.Equal(run.GetRawText(), found.GetRawText());
    }

    [Fact]
    public async Task A_stored_chain_with_a_template_of_ones_own_is_run_by_its_name_and_keeps_its_version()
    {
        await using var prism = await PrismService.StartAsync();
        await PutAsync(prism, "/v1/templates/ask", """{"template":"Ask about {{ topic }}"}""", HttpStatusCode.Created);
        var stored = await PutAsync(prism, "/v1/chains/quiz", """{"steps":[{"template_name":"ask","output_key":"question"}],"description":"Asks."}""", HttpStatusCode.Created);

        using var first = await prism.PostAsync("/v1/runs", """{"chain":"quiz","inputs":{"topic":"cats"}}""");
        var changed = await PutAsync(
            prism, "/v1/chains/quiz", """{"steps":[{"template":"Say {{ topic }}","output_key":"said"}],"inputs":{"topic":"nothing"}}""", HttpStatusCode.OK);
        using var second = await prism.PostAsync("/v1/runs", """{"chain":"quiz"}""");
        var listed = await prism.Http.GetStringAsync("/v1/chains");
        using var deleted = await prism.Http.DeleteAsync("/v1/chains/quiz");
        using var third = await prism.PostAsync("/v1/runs", """{"chain":"quiz"}""");
        using var again = await prism.Http.GetAsync(first.Headers.Location);

        Assert.Equal("""["topic"]""", stored.GetProperty("variables").GetRawText());
        Assert.Equal("""{"question":"Ask about cats"}""", await OutputsAsync(first));
        Assert.Equal("""{"said":"Say nothing"}""", await OutputsAsync(second));
        Assert.Equal((2, "[]"), (changed.GetProperty("version").GetInt32(), changed.GetProperty("variables").GetRawText()));
        Assert.Equal("""{"chains":[{"name":"quiz","version":2,"description":"","variables":[]}]}""", listed);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.BadRequest), (deleted.StatusCode, third.StatusCode));
        Assert.Equal("""{"question":"Ask about cats"}""", await OutputsAsync(again));
    }

    [Fact]
    public async Task A_key_stands_for_one_run()
    {
        await using var prism = await PrismService.StartAsync();
        const string Body = """{"steps":[{"template":"Hi","output_key":"a"}]}""";

        using var first = await StartAsync(prism, Body, "key-1");
        using var again = await StartAsync(prism, Body, "key-1");
        using var other = await StartAsync(prism, Body.Replace("Hi", "Ho", StringComparison.Ordinal), "key-1");
        using var another = await StartAsync(prism, Body, "key-2");

        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.NotEqual(first.Headers.Location, another.Headers.Location);
        var page = await prism.Http.GetFromJsonAsync<JsonElement>("/v1/runs");
        Assert.Equal(2, page.GetProperty("runs").GetArrayLength());
    }

    [Fact]
    public async Task Events_are_read_on_from_any_of_them_without_a_gap_or_a_double()
    {
        await using var prism = await PrismService.StartAsync();
        using var response = await prism.PostAsync("/v1/runs", $$$"""{"steps":{{{TwoSteps}}},"inputs":{"article":"Long."},"stream":true}""");
        var stored = Parse(await response.Content.ReadAsStringAsync());
        var path = $"{response.Headers.Location}/events";

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            ["run.started", "step.started", "step.completed", "step.started", "step.completed", "run.completed"], stored.Select(one => one.Type));
        Assert.Equal(Enumerable.Range(1, stored.Count), stored.Select(one => one.Id!.Value));
        for (var after = 0; after < stored.Count; after++)
        {
            Assert.Equal(stored.Skip(after), Parse(await (await WatchAsync(prism, path, after)).Content.ReadAsStringAsync()));
        }

        Assert.Equal(HttpStatusCode.NoContent, (await WatchAsync(prism, path, stored.Count)).StatusCode);
    }

    [Fact]
    public async Task Pieces_of_answers_come_as_they_are_made_and_are_not_told_again()
    {
        var watched = new TaskCompletionSource();
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await watched.Task;
            await Vendor.OpenAi.AnswerAsync(call);
        });
        await using var prism = await PrismService.StartAsync(("LLM_OPENAI_API_KEY", "sk-1"), ("LLM_OPENAI_BASE_URL", upstream.Url));
        using var started = await prism.PostAsync("/v1/runs", """{"steps":[{"template":"Hi","output_key":"a","provider":"openai"}],"wait":0}""");
        var path = $"{started.Headers.Location}/events";

        using var response = await prism.Http.GetAsync(path + "?deltas=true", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line && line != "event: step.started")
        {
        }

        watched.SetResult();
        var live = Parse(await reader.ReadToEndAsync());
        var again = Parse(await prism.Http.GetStringAsync(path + "?deltas=true"));

        var deltas = live.Where(one => one.Type == "step.delta").Select(one => JsonDocument.Parse(one.Data).RootElement.GetProperty("delta").GetString());
        Assert.Equal("Hello world", string.Concat(deltas));
        Assert.Equal(["run.started", "step.started", "step.completed", "run.completed"], again.Select(one => one.Type));
    }

    [Fact]
    public async Task Who_cancels_a_run_ends_the_call_upstream()
    {
        var (called, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            called.SetResult();
            await call.HangAsync();
            left.SetResult();
        });
        await using var prism = await PrismService.StartAsync(("LLM_OPENAI_API_KEY", "sk-1"), ("LLM_OPENAI_BASE_URL", upstream.Url));
        using var started = await prism.PostAsync("/v1/runs", """{"steps":[{"template":"Hi","output_key":"a","provider":"openai"}],"wait":0}""");
        await called.Task.WaitAsync(Patience.Limit);

        using var cancelled = await prism.PostAsync($"{started.Headers.Location}/cancel", "{}");
        var run = await cancelled.Content.ReadFromJsonAsync<JsonElement>();
        await left.Task.WaitAsync(Patience.Limit);
        var events = Parse(await (await WatchAsync(prism, $"{started.Headers.Location}/events", 0)).Content.ReadAsStringAsync());
        var listed = await prism.Http.GetFromJsonAsync<JsonElement>("/v1/runs?status=cancelled");

        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        Assert.Equal("cancelled", run.GetProperty("status").GetString());
        Assert.Equal("run.cancelled", events[^1].Type);
        Assert.Equal(run.GetProperty("id").GetString(), listed.GetProperty("runs")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_chain_that_cannot_run_is_a_400_that_names_the_step()
    {
        await using var prism = await PrismService.StartAsync();

        using var response = await prism.PostAsync("/v1/runs", """{"steps":[{"template":"Hi","output_key":"a"},{"template":"{{ 1 + }}","output_key":"c"}]}""");

        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("Step 'c': Line 1, column ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("steps[1].template", error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Pages_of_runs_follow_each_other_newest_first()
    {
        await using var prism = await PrismService.StartAsync();
        var started = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            using var response = await prism.PostAsync("/v1/runs", """{"steps":[{"template":"Hi","output_key":"a"}]}""");
            started.Insert(0, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!);
        }

        var listed = new List<string>();
        string? next = "";
        while (next is not null)
        {
            var page = await prism.Http.GetFromJsonAsync<JsonElement>($"/v1/runs?limit=2&after={next}");
            listed.AddRange(page.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("id").GetString()!));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(started, listed);
    }

    /// <summary>The example of docs/chains.md, to the letter.</summary>
    [Fact]
    public async Task An_Orleans_client_runs_a_chain_as_the_documentation_shows()
    {
        await using var prism = await PrismService.StartAsync();
        using var host = new HostBuilder()
            .UseOrleansClient(client => client
                .UseLocalhostClustering(prism.GatewayPort, serviceId: "prism", clusterId: "prism")
                .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(15)))
            .ConfigureServices(services => services.AddSingleton(TimeProvider.System).AddSingleton<ChainClient>())
            .Build();
        await host.StartAsync();

        var (summary, types) = await SummarizeAsync(host.Services.GetRequiredService<ChainClient>(), "Long.", CancellationToken.None);

        Assert.Equal("Summarize: Long.", summary);
        Assert.Equal(["run.started", "step.started", "step.completed", "run.completed"], types);
        await host.StopAsync();
    }

    // example:begin
    private static async Task<(string? Summary, List<string> Events)> SummarizeAsync(ChainClient chains, string text, CancellationToken cancellationToken)
    {
        var chain = new ChainDefinition
        {
            Steps = [new() { Template = "Summarize: {{ text }}", OutputKey = "summary" }],
            Inputs = new() { ["text"] = JsonSerializer.SerializeToElement(text) },
        };

        // The key makes a retry of this call find the same run; null for a run of its own.
        var started = await chains.StartAsync(new() { Definition = chain, Owner = Owners.Global }, "summary-of-" + text, cancellationToken);
        if (started.Error is { } refused)
        {
            throw new InvalidOperationException(refused.Message);
        }

        // Live, or later, or again: the events of a run can be read as often as wanted, and on from any of them.
        var events = new List<string>();
        await foreach (var one in chains.WatchAsync(started.Run!.Id, afterEventId: 0, deltas: false, cancellationToken))
        {
            events.Add(one.Type);
        }

        var run = await chains.WaitAsync(started.Run.Id, TimeSpan.FromMinutes(5), cancellationToken);
        return (run!.Outputs["summary"].GetString(), events);
    }
    // example:end

    private static async Task<JsonElement> PutAsync(PrismService prism, string path, string json, HttpStatusCode expected)
    {
        using var response = await prism.Http.PutAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<string> OutputsAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("outputs").GetRawText();

    private static Task<HttpResponseMessage> StartAsync(PrismService prism, string json, string key) => prism.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/runs")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", key } },
        });

    private static Task<HttpResponseMessage> WatchAsync(PrismService prism, string path, int after) => prism.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Last-Event-ID", $"{after}" } } });

    private static List<RunEvent> Parse(string stream) =>
    [
        .. Event().Matches(stream).Select(match => new RunEvent(
            match.Groups["id"].Success ? int.Parse(match.Groups["id"].Value, null) : null, match.Groups["type"].Value, match.Groups["data"].Value)),
    ];

    [GeneratedRegex(@"^(id: (?<id>\d+)\n)?event: (?<type>.+)\ndata: (?<data>.+)\n\n", RegexOptions.Multiline)]
    private static partial Regex Event();

    private sealed record RunEvent(int? Id, string Type, string Data);
}
