using System.Collections.Concurrent;
using System.Text.Json;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Chat;
using Prism.Tests.Cluster;
using static Prism.Tests.Chains.ChainCluster;

namespace Prism.Tests.Chains;

/// <summary>Runs as a client sees them, on one silo.</summary>
[Collection(ChatCluster.Collection)]
public sealed class ChainRunTests : IAsyncLifetime
{
    private const string TwoSteps =
        """
        {"steps":[{"template":"Summarize this: {{ article }}","output_key":"summary"},
                  {"template":"Extract key points from: {{ summary }}","output_key":"key_points"}],
         "inputs":{"article":"Once."}}
        """;

    private ChainCluster _cluster = null!;

    public async Task InitializeAsync() =>
        // So long that what is written because of it is not written at all.
        _cluster = await ChainCluster.StartAsync(configure: options => options.CheckpointInterval = TimeSpan.FromHours(1));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task The_chain_of_the_reference_runs_to_its_end()
    {
        var run = await _cluster.RunAsync(TwoSteps);

        Assert.Equal(ChainRunStatus.Succeeded, run.Status);
        Assert.Equal("<Summarize this: Once.>", run.Outputs["summary"].GetString());
        Assert.Equal("<Extract key points from: <Summarize this: Once.>>", run.Outputs["key_points"].GetString());
        Assert.Equal("Once.", run.Inputs["article"].GetString());
        Assert.Equal(ChatUsage.Of(6, 4), run.Usage);
        Assert.All(run.Steps, step => Assert.Equal((1, "vendor", "gpt-4o"), (step.Attempts, step.Provider, step.Model)));
        Assert.True(run.CreatedAt <= run.Steps[0].StartedAt && run.Steps[1].FinishedAt <= run.FinishedAt);
    }

    [Theory(Timeout = Patience.Milliseconds)]
    // The start with the first claim; the only outcome with the end.
    [InlineData("""{"steps":[{"template":"a","output_key":"a"}]}""", 2)]
    // The start with the first claim; the first outcome with the second claim; the second outcome with the end.
    [InlineData("""{"steps":[{"template":"a","output_key":"a"},{"template":"{{ a }}","output_key":"b"}]}""", 3)]
    [InlineData("""{"steps":[{"template":"a","output_key":"a"},{"template":"b","output_key":"b"},{"template":"c","output_key":"c"},{"template":"{{ a }}{{ b }}{{ c }}","output_key":"d"}]}""", 5)]
    [InlineData("""{"steps":[{"template":"bad","output_key":"a","on_error":"continue","retry":{"attempts":3,"backoff_seconds":0}},{"template":"b","output_key":"b"}]}""", 3)]
    [InlineData("""{"steps":[{"template":"a","output_key":"a","when":"false"},{"template":"{{ a }}","output_key":"b"}]}""", 1)]
    public async Task A_step_costs_at_most_two_writes(string definition, int most)
    {
        _cluster.OnPrompt = (prompt, _) =>
            prompt == "bad" ? ScriptedProvider.Play(ScriptedProvider.Failure(ChatErrorKind.UpstreamServerError)) : Say(prompt);

        var run = await _cluster.RunAsync(definition);

        // Outcomes that come together share a write.
        Assert.InRange(_cluster.Storage.RunWrites.Count, 1, most);
        Assert.True(most <= 2 * run.Steps.Length);
        Assert.Equal(ChainRunStatus.Succeeded, run.Status);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_row_is_about_as_long_as_its_run()
    {
        const int Length = 100_000;
        _cluster.OnPrompt = (_, _) => Say(new string('x', Length));

        await _cluster.RunAsync("""{"steps":[{"template":"a","output_key":"a"},{"template":"b","output_key":"b","for_each":"1..2"}],"max_parallel":1}""");

        Assert.InRange(_cluster.Storage.RunWrites.Last(), 3 * Length, 3.1 * Length);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_step_with_a_thousand_elements_costs_two_writes_too()
    {
        var run = await _cluster.RunAsync("""{"steps":[{"template":"{{ item }}","output_key":"all","for_each":"1..1000"}],"max_parallel":16}""");

        Assert.Equal(Enumerable.Range(1, 1000).Select(i => $"<{i}>"), run.Outputs["all"].EnumerateArray().Select(one => one.GetString()));
        Assert.Equal((1000, ChatUsage.Of(3000, 2000)), (run.Steps[0].Elements, run.Usage));
        Assert.Equal(1000, _cluster.Calls.Count);
        Assert.Equal(2, _cluster.Storage.RunWrites.Count);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Steps_that_do_not_need_each_other_run_side_by_side()
    {
        // Each of both answers only once the other was asked: one after the other they would wait for ever.
        var asked = new ConcurrentDictionary<string, TaskCompletionSource>();
        _cluster.OnPrompt = (prompt, _) => prompt is "b" or "c" ? Meet(prompt, prompt == "b" ? "c" : "b") : Say($"<{prompt}>");

        var run = await _cluster.RunAsync(
            """{"steps":[{"template":"b","output_key":"b"},{"template":"c","output_key":"c"},{"template":"{{ b }}{{ c }}","output_key":"d"}]}""");

        Assert.Equal("<met bmet c>", run.Outputs["d"].GetString());

        async IAsyncEnumerable<ChatStreamEvent> Meet(string own, string other)
        {
            asked.GetOrAdd(own, _ => new()).TrySetResult();
            await asked.GetOrAdd(other, _ => new()).Task;
            yield return ScriptedProvider.Piece($"met {own}");
        }
    }

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task No_more_calls_are_under_way_than_may_be(int maxParallel)
    {
        var (underWay, most) = (0, 0);
        var full = new TaskCompletionSource();
        _cluster.OnPrompt = (prompt, _) => CountAsync(prompt);

        await _cluster.RunAsync(
            $$"""{"steps":[{"template":"x","output_key":"a","for_each":"1..20"},{"template":"b","output_key":"b"}],"max_parallel":{{maxParallel}} }""");

        Assert.Equal(maxParallel, most);

        async IAsyncEnumerable<ChatStreamEvent> CountAsync(string prompt)
        {
            most = Math.Max(most, Interlocked.Increment(ref underWay));
            if (most == maxParallel)
            {
                full.TrySetResult();
            }

            await full.Task;
            Interlocked.Decrement(ref underWay);
            yield return ScriptedProvider.Piece(prompt);
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_JSON_answer_is_used_by_its_fields()
    {
        _cluster.OnPrompt = (prompt, _) => prompt == "facts" ? Say("""{"title":"T","tags":["a",""", "\"b\"]}") : Say($"<{prompt}>");

        var run = await _cluster.RunAsync(
            """
            {"steps":[{"template":"facts","output_key":"facts","response_format":{"type":"json_object"}},
                      {"template":"{{ facts.title }}","output_key":"title"},{"template":"{{ item }}!","output_key":"tags","for_each":"facts.tags"}]}
            """);

        Assert.Equal("T", run.Outputs["facts"].GetProperty("title").GetString());
        Assert.Equal("<T>", run.Outputs["title"].GetString());
        Assert.Equal("""["<a!>","<b!>"]""", run.Outputs["tags"].GetRawText());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_condition_and_a_failure_that_may_be_leave_null_behind()
    {
        _cluster.OnPrompt = (prompt, _) => prompt == "bad" ? ScriptedProvider.Play(ScriptedProvider.Failure(ChatErrorKind.UpstreamServerError)) : Say(prompt);

        var run = await _cluster.RunAsync(
            """
            {"steps":[{"template":"x","output_key":"off","when":"n > 1"},{"template":"bad","output_key":"bad","on_error":"continue"},
                      {"template":"{{ bad ?? 'none' }}{{ off ?? 'none' }}","output_key":"both"}],"inputs":{"n":1}}
            """);

        Assert.Equal(
            [ChainStepStatus.Skipped, ChainStepStatus.Failed, ChainStepStatus.Succeeded], run.Steps.Select(step => step.Status));
        Assert.Equal("""{"off":null,"bad":null,"both":"nonenone"}""", JsonSerializer.Serialize(run.Outputs));
        Assert.Equal((ChainRunStatus.Succeeded, "Step 'bad': No."), (run.Status, run.Steps[1].Error!.Message));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Nothing_is_rendered_or_evaluated_twice_and_nothing_in_a_turn_of_a_grain()
    {
        _cluster.OnPrompt = (prompt, _) => prompt == "bad" ? ScriptedProvider.Play(ScriptedProvider.Failure(ChatErrorKind.UpstreamServerError)) : Say(prompt);

        var run = await _cluster.RunAsync(
            """
            {"steps":[{"template":"bad","output_key":"bad","on_error":"continue","retry":{"attempts":3,"backoff_seconds":0}},
                      {"template":"{{ n }}","output_key":"b","when":"!bad"},
                      {"template":"{{ item }}","output_key":"c","for_each":"[b, n]"},
                      {"template":"{{ item }}","output_key":"d","for_each":"[n, n, n]"}],"inputs":{"n":1}}
            """);

        Assert.Equal((ChainRunStatus.Succeeded, 3), (run.Status, run.Steps[0].Attempts));
        // The plan, with the list that only needs inputs; the three attempts of one prompt; the condition and its prompt; a list and its two elements;
        // the elements of the other list.
        Assert.Equal(1 + 1 + 2 + 3 + 3, _cluster.Rendered.Count);
        Assert.All(_cluster.Rendered, piece => Assert.Equal((Owners.Global, true), (piece.Owner, piece.IsBeside)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_call_is_made_as_its_step_says()
    {
        await _cluster.RunAsync(
            """
            {"steps":[{"template":"p {{ x }}","system":"s {{ x }}","output_key":"a","model":"gpt-5","temperature":0.5,"max_tokens":7},
                      {"template":"q","template_name":"teacher","output_key":"b"},{"template_name":"explain","output_key":"c"}],
             "inputs":{"x":1,"subject":"maths","topic":"sets"},"max_parallel":1}
            """);

        var calls = _cluster.Calls.Select(call => call.Request).ToArray();
        Assert.Equal(["system: s 1", "user: p 1"], calls[0].Messages.Select(message => $"{message.Role}: {message.Content!.Text}"));
        Assert.Equal(("gpt-5", 0.5, 7), (calls[0].Model, calls[0].Temperature, calls[0].MaxTokens));
        Assert.Equal(["system", "user"], calls[1].Messages.Select(message => message.Role));
        Assert.Contains("maths", calls[1].Messages[0].Content!.Text, StringComparison.Ordinal);
        Assert.Contains("sets", Assert.Single(calls[2].Messages).Content!.Text, StringComparison.Ordinal);
        Assert.Equal(3, calls.Select(call => call.IdempotencyKey).OfType<string>().Distinct().Count());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_chain_that_cannot_be_run_leaves_nothing_behind()
    {
        var outcome = await _cluster.StartAsync("""{"steps":[{"template":"{{ x }}","output_key":"a"}]}""");

        Assert.Equal("Step 'a': the variable 'x' is neither an input nor the output of a step.", outcome.Error?.Message);
        Assert.Empty(_cluster.Reminders.Of("chain"));
        Assert.Equal(0, _cluster.Storage.Count(StorageNames.RunState) + _cluster.Storage.Count(StorageNames.RunPartitionState));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_run_that_there_is_not_is_null()
    {
        var id = GrainKeys.NewRun();

        Assert.Null(await _cluster.Chains.GetAsync(id, default));
        Assert.Null(await _cluster.Chains.WaitAsync(id, TimeSpan.FromMinutes(1), default));
        Assert.Null(await _cluster.Chains.CancelAsync(id, default));
        Assert.Empty(await _cluster.EventsOfAsync(id));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task The_same_key_and_body_are_one_run()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _cluster.StartAsync(TwoSteps, "key", "ann")));
        await _cluster.EndOfAsync(outcomes[0].Run!.Id);
        var again = await _cluster.StartAsync(TwoSteps, "key", "ann");

        Assert.Single(outcomes.Append(again).Select(outcome => outcome.Run!.Id).Distinct());
        Assert.Equal((ChainRunStatus.Succeeded, 2), (again.Run!.Status, _cluster.Calls.Count));
        Assert.NotEqual(again.Run.Id, (await _cluster.StartAsync(TwoSteps, "key", "bob")).Run!.Id);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task The_same_key_with_another_body_is_refused()
    {
        await _cluster.StartAsync(TwoSteps, "key", "ann");
        var other = await _cluster.StartAsync(TwoSteps.Replace("Once.", "Twice.", StringComparison.Ordinal), "key", "ann");

        Assert.Null(other.Run);
        Assert.Equal((ChatErrorKind.Unprocessable, "idempotency_key_reused"), (other.Error!.Kind, other.Error.Code));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_run_that_is_cancelled_stops_what_it_has_under_way_upstream()
    {
        var upstream = new UpstreamWait();
        _cluster.OnPrompt = (_, token) => WaitAsync(upstream, token);
        var id = (await _cluster.StartAsync(TwoSteps)).Run!.Id;
        await upstream.Entered;

        var run = await _cluster.Chains.CancelAsync(id, default);

        await upstream.Cancelled;
        Assert.Equal(ChainRunStatus.Cancelled, run!.Status);
        Assert.All(run.Steps, step => Assert.Equal(ChainStepStatus.Cancelled, step.Status));
        Assert.Equal(run.FinishedAt, (await _cluster.Chains.CancelAsync(id, default))!.FinishedAt);
        Assert.Equal("run.started step.started run.cancelled", string.Join(' ', (await _cluster.EventsOfAsync(id)).Select(one => one.Type)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_failure_stops_what_else_is_under_way()
    {
        var upstream = new UpstreamWait();
        _cluster.OnPrompt = (prompt, token) => prompt == "slow" ? WaitAsync(upstream, token) : FailAfterAsync(upstream.Entered);

        var run = await _cluster.RunAsync("""{"steps":[{"template":"slow","output_key":"a"},{"template":"bad","output_key":"b"}]}""");

        await upstream.Cancelled;
        Assert.Equal((ChainRunStatus.Failed, "Step 'b': No."), (run.Status, run.Error!.Message));

        static async IAsyncEnumerable<ChatStreamEvent> FailAfterAsync(Task task)
        {
            await task;
            yield return ScriptedProvider.Failure(ChatErrorKind.InvalidRequest);
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_wait_ends_with_the_run_or_before_it()
    {
        var upstream = new UpstreamWait();
        _cluster.OnPrompt = (_, token) => WaitAsync(upstream, token);
        var id = (await _cluster.StartAsync(TwoSteps)).Run!.Id;

        Assert.Equal(ChainRunStatus.Running, (await _cluster.Chains.WaitAsync(id, TimeSpan.FromMilliseconds(20), default))!.Status);
        var wait = _cluster.Chains.WaitAsync(id, Patience.Limit, default);
        await _cluster.Chains.CancelAsync(id, default);

        Assert.Equal(ChainRunStatus.Cancelled, (await wait)!.Status);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task The_reminder_is_there_as_long_as_the_run()
    {
        var (upstream, id) = (new UpstreamWait(), GrainKeys.Run("ann", "key"));
        _cluster.OnPrompt = (_, token) => WaitAsync(upstream, token);
        await _cluster.StartAsync(TwoSteps, "key", "ann");
        Assert.Equal([id], _cluster.Reminders.Of("chain"));

        await _cluster.Chains.CancelAsync(id, default);
        // A run is closed behind its end: nobody waits for that but its grain's last turn.
        await _cluster.DeactivateAsync(_cluster.Run(id));

        Assert.Empty(_cluster.Reminders.Of("chain"));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_became_of_runs_and_steps_is_counted()
    {
        await _cluster.RunAsync(TwoSteps);
        await _cluster.RunAsync("""{"steps":[{"template":"x","output_key":"a","when":"false"},{"template":"{{ n.x.y }}","output_key":"b"}],"inputs":{"n":{}}}""");

        Assert.Equal(new() { ["{status=\"succeeded\"}"] = 1, ["{status=\"failed\"}"] = 1 }, await _cluster.ScrapeAsync("llm_chain_runs_total"));
        Assert.Equal(
            new() { ["{status=\"succeeded\"}"] = 2, ["{status=\"skipped\"}"] = 1, ["{status=\"failed\"}"] = 1 },
            await _cluster.ScrapeAsync("llm_chain_steps_total"));
        Assert.Equal(2, (await _cluster.ScrapeAsync("llm_chain_run_duration_seconds_count"))[""]);
        Assert.Equal(0, (await _cluster.ScrapeAsync("llm_chain_active_runs"))[""]);
    }
}
