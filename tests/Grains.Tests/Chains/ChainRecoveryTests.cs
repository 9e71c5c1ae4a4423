using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Prism.Grains.Chains.Running;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Chat;
using static Prism.Tests.Chains.ChainCluster;

namespace Prism.Tests.Chains;

/// <summary>Runs whose silo dies, whose storage fails, or whose activation is overtaken.</summary>
[Collection(KillingSilos.Name)]
public sealed class ChainRecoveryTests : IAsyncLifetime
{
    private const string TwoSteps =
        """{"steps":[{"template":"one","output_key":"a"},{"template":"two {{ a }}","output_key":"b"}]}""";

    private ChainCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ChainCluster.StartAsync(silos: 3, options =>
    {
        options.WakePeriod = TimeSpan.FromSeconds(1);
        options.CheckpointInterval = TimeSpan.FromMilliseconds(1);
    });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_whose_silo_dies_goes_on(bool somebodyAsks)
    {
        var (first, end) = (new UpstreamWait(), new TaskCompletionSource());
        var calls = 0;
        _cluster.OnPrompt = (prompt, token) =>
            prompt == "one" ? Say("1") : Interlocked.Increment(ref calls) == 1 ? WaitAsync(first, token) : SayAndTell("2", end);
        var id = (await _cluster.StartAsync(TwoSteps)).Run!.Id;
        await first.Entered;

        await _cluster.KillAsync(_cluster.SiloOf(id));
        var run = somebodyAsks ? await _cluster.EndOfAsync(id) : null;
        await end.Task.WaitAsync(Patience.Limit);
        run ??= await _cluster.EndOfAsync(id);

        Assert.Equal((ChainRunStatus.Succeeded, "2"), (run.Status, run.Outputs["b"].GetString()));
        Assert.Equal([1, 2], run.Steps.Select(step => step.Attempts));
        var asked = _cluster.Calls.Select(call => call.Request).ToArray();
        Assert.Equal(["one", "two 1", "two 1"], asked.Select(call => call.Messages[0].Content!.Text));
        Assert.Equal(asked[1].IdempotencyKey, asked[2].IdempotencyKey);
        Assert.NotEqual(_cluster.Calls.ElementAt(1).Silo, _cluster.Calls.ElementAt(2).Silo);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_run_whose_silo_is_stopped_goes_on_and_keeps_what_was_done()
    {
        var stuck = new UpstreamWait();
        _cluster.OnPrompt = (prompt, token) => prompt == "3" && !stuck.HasBeenEntered ? WaitAsync(stuck, token) : Say($"<{prompt}>");
        var id = (await _cluster.StartAsync(
            """{"steps":[{"template":"{{ item }}","output_key":"a","for_each":"1..3"}],"max_parallel":1}""")).Run!.Id;
        await stuck.Entered;

        await _cluster.StopAsync(_cluster.SiloOf(id));
        var run = await _cluster.EndOfAsync(id);

        await stuck.Cancelled;
        Assert.Equal("""["<1>","<2>","<3>"]""", run.Outputs["a"].GetRawText());
        Assert.Equal(["1", "2", "3", "3"], _cluster.Calls.Select(call => call.Request.Messages[0].Content!.Text));
        Assert.Single(_cluster.Calls.TakeLast(2).Select(call => call.Request.IdempotencyKey).Distinct());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_call_that_fails_because_its_silo_stops_has_not_failed()
    {
        var (stuck, failed, writes) = (new UpstreamWait(), new TaskCompletionSource(), 0);
        _cluster.OnPrompt = (prompt, token) => prompt == "stuck" && !stuck.HasBeenEntered ? FailAsync(token) : Say(prompt);
        _cluster.Storage.OnRunWrite = async commit =>
        {
            if (Interlocked.Increment(ref writes) == 2)
            {
                // Under way while the call fails, and until its failure has come to the run, some turns later.
                await failed.Task;
                for (var turn = 0; turn < 20; turn++)
                {
                    await Task.Yield();
                }
            }

            commit();
        };
        var id = (await _cluster.StartAsync("""{"steps":[{"template":"stuck","output_key":"a"},{"template":"quick","output_key":"b"}]}""")).Run!.Id;
        await stuck.Entered;

        await _cluster.StopAsync(_cluster.SiloOf(id));
        var run = await _cluster.EndOfAsync(id);

        Assert.Equal((ChainRunStatus.Succeeded, "stuck", "quick"), (run.Status, run.Outputs["a"].GetString(), run.Outputs["b"].GetString()));

        async IAsyncEnumerable<ChatStreamEvent> FailAsync([EnumeratorCancellation] CancellationToken token)
        {
            await stuck.UntilCancelledAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            failed.SetResult();
            yield return ScriptedProvider.Failure(ChatErrorKind.UpstreamBrokenOff);
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Elements_that_are_done_are_written_before_their_step_is()
    {
        var (last, written) = (new UpstreamWait(), new TaskCompletionSource());
        _cluster.OnPrompt = (prompt, token) => prompt == "3" && !last.HasBeenEntered ? WaitAsync(last, token) : Say($"<{prompt}>");
        _cluster.Storage.OnRunWrite = commit =>
        {
            commit();
            if (_cluster.Storage.Holds(StorageNames.RunState, "<2>"))
            {
                written.TrySetResult();
            }

            return Task.CompletedTask;
        };
        var id = (await _cluster.StartAsync(
            """{"steps":[{"template":"{{ item }}","output_key":"a","for_each":"1..3"}],"max_parallel":1}""")).Run!.Id;
        await last.Entered;
        await written.Task.WaitAsync(Patience.Limit);

        await _cluster.KillAsync(_cluster.SiloOf(id));
        var run = await _cluster.EndOfAsync(id);

        Assert.Equal("""["<1>","<2>","<3>"]""", run.Outputs["a"].GetRawText());
        Assert.Equal(["1", "2", "3", "3"], _cluster.Calls.Select(call => call.Request.Messages[0].Content!.Text));
    }

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_that_fails_once_is_repeated_and_no_call_is(bool happenedAllTheSame)
    {
        var writes = 0;
        _cluster.Storage.OnRunWrite = commit =>
        {
            if (Interlocked.Increment(ref writes) != 2)
            {
                commit();
                return Task.CompletedTask;
            }

            if (happenedAllTheSame)
            {
                commit();
            }

            throw new IOException("lost");
        };

        var run = await _cluster.RunAsync(TwoSteps);

        Assert.Equal((ChainRunStatus.Succeeded, 2, 3), (run.Status, _cluster.Calls.Count, _cluster.Storage.RunWrites.Count));
        Assert.All(run.Steps, step => Assert.Equal(1, step.Attempts));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_run_that_cannot_be_written_any_more_stops_its_calls_and_goes_on_when_it_can()
    {
        var (broken, slow) = (false, new UpstreamWait());
        _cluster.Storage.OnRunWrite = commit =>
        {
            if (broken)
            {
                throw new IOException("lost");
            }

            commit();
            return Task.CompletedTask;
        };
        _cluster.OnPrompt = (prompt, token) => prompt == "slow" && !slow.HasBeenEntered ? WaitAsync(slow, token) : BreakAsync(prompt);
        var id = (await _cluster.StartAsync("""{"steps":[{"template":"slow","output_key":"a"},{"template":"quick","output_key":"b"}]}""")).Run!.Id;

        await slow.Cancelled;
        broken = false;
        var run = await _cluster.EndOfAsync(id);

        Assert.Equal((ChainRunStatus.Succeeded, "slow", "quick"), (run.Status, run.Outputs["a"].GetString(), run.Outputs["b"].GetString()));

        async IAsyncEnumerable<ChatStreamEvent> BreakAsync(string prompt)
        {
            await slow.Entered;
            broken = !slow.HasBeenCancelled;
            yield return ScriptedProvider.Piece(prompt);
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_activation_that_was_overtaken_records_nothing_and_stops_its_calls()
    {
        var (slow, go) = (new UpstreamWait(), new TaskCompletionSource());
        _cluster.OnPrompt = (prompt, token) => prompt == "slow" && !slow.HasBeenEntered ? WaitAsync(slow, token) : StaleAsync(prompt);
        var id = (await _cluster.StartAsync("""{"steps":[{"template":"slow","output_key":"a"},{"template":"quick","output_key":"b"}]}""")).Run!.Id;
        await slow.Entered;

        // As an activation elsewhere has it, which has gone further: this one has the old state in its memory.
        _cluster.Storage.Overwrite<RunState>(StorageNames.RunState, _cluster.Run(id).GetGrainId(), run => run with
        {
            Writer = "another",
            Revision = run.Revision + 1,
            Steps = run.Steps.SetItem(1, run.Steps[1] with
            {
                Status = ChainStepStatus.Succeeded,
                Output = JsonElement.Parse("\"its own\""),
            }),
            Events = run.Events.Add(new(RunEventKind.StepCompleted, 1, run.CreatedAt)),
        });
        go.SetResult();
        await slow.Cancelled;
        var run = await _cluster.EndOfAsync(id);

        Assert.Equal((ChainRunStatus.Succeeded, "slow", "its own"), (run.Status, run.Outputs["a"].GetString(), run.Outputs["b"].GetString()));
        Assert.Equal([2, 1], run.Steps.Select(step => step.Attempts));

        async IAsyncEnumerable<ChatStreamEvent> StaleAsync(string prompt)
        {
            await go.Task;
            yield return ScriptedProvider.Piece(prompt);
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Events_are_read_on_over_a_death_without_a_gap_or_a_double()
    {
        var first = new UpstreamWait();
        _cluster.OnPrompt = (prompt, token) => prompt == "3" && !first.HasBeenEntered ? WaitAsync(first, token) : Say(prompt);
        var steps = string.Join(',', Enumerable.Range(1, 5).Select(i => $$"""{"template":"{{i}}","output_key":"s{{i}}","when":"{{(i == 1 ? "true" : $"s{i - 1}")}}"}"""));
        var id = (await _cluster.StartAsync($$"""{"steps":[{{steps}}]}""")).Run!.Id;

        var watching = _cluster.EventsOfAsync(id);
        await first.Entered;
        await _cluster.KillAsync(_cluster.SiloOf(id));
        var watched = await watching;
        var again = await _cluster.EventsOfAsync(id);

        Assert.Equal(Enumerable.Range(1, 12).Select(i => (long?)i), watched.Select(one => one.Id));
        Assert.Equal(again.Select(Describe), watched.Select(Describe));
        for (var after = 0; after <= 12; after++)
        {
            Assert.Equal(again.Skip(after).Select(Describe), (await _cluster.EventsOfAsync(id, after)).Select(Describe));
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Runs_whose_silos_all_die_at_once_go_on_when_there_are_silos_again()
    {
        var (entered, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (asked, isDead) = (0, false);
        _cluster.OnPrompt = (prompt, token) =>
        {
            if (Interlocked.Increment(ref asked) == 10)
            {
                entered.SetResult();
            }

            return isDead ? Say(prompt) : WaitAsync(new UpstreamWait(), token);
        };
        _cluster.Storage.OnRunWrite = commit =>
        {
            commit();
            if (_cluster.Storage.ReadAll<RunState>(StorageNames.RunState).All(run => run.IsFinished))
            {
                ended.TrySetResult();
            }

            return Task.CompletedTask;
        };
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _cluster.StartAsync(TwoSteps)));
        await entered.Task.WaitAsync(Patience.Limit);

        isDead = true;
        await _cluster.ReplaceAllAsync();
        await ended.Task.WaitAsync(Patience.Limit);

        var runs = _cluster.Storage.ReadAll<RunState>(StorageNames.RunState).ToArray();
        Assert.Equal(10, runs.Length);
        Assert.All(runs, run => Assert.Equal(ChainRunStatus.Succeeded, run.Status));
        // More often where a silo took it over that died last.
        Assert.All(runs, run => Assert.InRange(run.Steps[0].Attempts, 2, 4));
    }

    [Fact(Timeout = 300_000)]
    public async Task Many_runs_end_right_while_silos_die()
    {
        const int Runs = 60;
        var seen = new ConcurrentDictionary<string, int>();
        var half = new TaskCompletionSource();
        _cluster.OnPrompt = (prompt, _) =>
        {
            seen.AddOrUpdate(prompt, 1, (_, count) => count + 1);
            if (seen.Count > Runs * 3)
            {
                half.TrySetResult();
            }

            return Say(prompt);
        };
        const string Diamond =
            """
            {"steps":[{"template":"{{ n }}a","output_key":"a"},{"template":"{{ a }}b","output_key":"b"},{"template":"{{ a }}c","output_key":"c"},
                      {"template":"{{ b }}{{ item }}","output_key":"e","for_each":"1..3"},{"template":"x","output_key":"f","when":"c == ''"},
                      {"template":"{{ c }}{{ e | array.join '' }}{{ f }}","output_key":"d"}],"inputs":{"n":"N"}}
            """;
        var starts = Enumerable.Range(0, Runs).Select(i => _cluster.StartAsync(Diamond.Replace("\"N\"", $"\"{i}.\"", StringComparison.Ordinal)));
        var started = await Task.WhenAll(starts);

        await half.Task.WaitAsync(Patience.Limit);
        await _cluster.KillAsync(_cluster.Silos[0]);
        await _cluster.StartOneMoreAsync();
        await _cluster.KillAsync(_cluster.Silos[0]);
        var runs = await Task.WhenAll(started.Select(outcome => _cluster.EndOfAsync(outcome.Run!.Id)));

        for (var i = 0; i < Runs; i++)
        {
            var n = $"{i}.";
            Assert.Equal(ChainRunStatus.Succeeded, runs[i].Status);
            Assert.Equal($"{n}ac{n}ab1{n}ab2{n}ab3", runs[i].Outputs["d"].GetString());
            Assert.Equal(
                Enumerable.Range(1, 13).Select(id => (long?)id), (await _cluster.EventsOfAsync(runs[i].Id)).Select(one => one.Id));
        }
    }

    private static string Describe(ChainEvent one) => $"{one.Id} {one.Type} {one.Step} {one.Output?.GetRawText()} {one.Attempts} {one.At:O}";

    private static async IAsyncEnumerable<ChatStreamEvent> SayAndTell(string text, TaskCompletionSource told)
    {
        await Task.Yield();
        yield return ScriptedProvider.Piece(text);
        told.TrySetResult();
    }
}
