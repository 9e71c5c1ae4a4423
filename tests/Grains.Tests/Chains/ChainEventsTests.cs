using Prism.Grains.Chains.Running;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Chat;
using Prism.Tests.Cluster;
using static Prism.Tests.Chains.ChainCluster;

namespace Prism.Tests.Chains;

/// <summary>What somebody sees who watches a run.</summary>
[Collection(ChatCluster.Collection)]
public sealed class ChainEventsTests : IAsyncLifetime
{
    private ChainCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ChainCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_run_tells_of_each_step_and_of_its_end()
    {
        _cluster.OnPrompt = (prompt, _) => prompt == "bad" ? ScriptedProvider.Play(ScriptedProvider.Failure(ChatErrorKind.UpstreamServerError)) : Say(prompt);
        var run = await _cluster.RunAsync(
            """
            {"steps":[{"template":"x","output_key":"a"},{"template":"{{ a }}y","output_key":"b","when":"false"},
                      {"name":"third","template":"{{ if b; end }}{{ a }}z","output_key":"c"},{"template":"{{ if c; end }}bad","output_key":"d","on_error":"continue"}]}
            """);

        var events = await _cluster.EventsOfAsync(run.Id);

        Assert.Equal(
            [
                "1 run.started", "2 step.started a", "3 step.completed a x", "4 step.skipped b", "5 step.started c", "6 step.completed c xz",
                "7 step.started d", "8 step.failed d Step 'd': No.", "9 run.completed",
            ],
            events.Select(one => string.Join(' ', new[] { $"{one.Id}", one.Type, one.OutputKey, one.Output?.GetString(), one.Error?.Message }.OfType<string>())));
        Assert.All(events, one => Assert.Equal((run.Id, true), (one.Run, one.At is not null)));
        Assert.Equal(("third", "vendor", "gpt-4o", 1), (events[5].Step, events[5].Provider, events[5].Model, events[5].Attempts));
        Assert.Equal("xz", events[^1].Outputs!["c"].GetString());
        Assert.Equal(run.Usage, events[^1].Usage);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_watcher_gets_pieces_while_they_come_where_it_wants_them()
    {
        var (go, seen) = (new TaskCompletionSource(), new TaskCompletionSource());
        _cluster.OnPrompt = (_, _) => TwoPiecesAsync();
        var id = (await _cluster.StartAsync("""{"steps":[{"template":"x","output_key":"a"}]}""")).Run!.Id;
        var without = _cluster.EventsOfAsync(id);
        var events = new List<ChainEvent>();

        await foreach (var one in _cluster.Chains.WatchAsync(id, 0, deltas: true, CancellationToken.None))
        {
            events.Add(one);
            if (one.Type == ChainEventTypes.StepStarted)
            {
                go.SetResult();
            }
            else if (one.Delta?.EndsWith("one ", StringComparison.Ordinal) ?? false)
            {
                // Without this piece in the watcher's hands the provider would wait for ever.
                seen.SetResult();
            }
        }

        Assert.Equal(
            ["run.started", "step.started", "step.delta one ", "step.delta two", "step.completed", "run.completed"],
            events.Select(one => $"{one.Type} {one.Delta}".TrimEnd() + (one.Delta == "one " ? " " : "")));
        Assert.All(events.Where(one => one.Delta is not null), one => Assert.Equal((null, "a"), (one.Id, one.Step)));
        Assert.DoesNotContain(await without, one => one.Delta is not null);
        Assert.Equal(4, (await _cluster.EventsOfAsync(id, deltas: true)).Count);

        async IAsyncEnumerable<ChatStreamEvent> TwoPiecesAsync()
        {
            await go.Task;
            yield return ScriptedProvider.Piece("one ");
            await seen.Task;
            yield return ScriptedProvider.Piece("two");
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Nothing_comes_after_the_last_event()
    {
        var run = await _cluster.RunAsync("""{"steps":[{"template":"x","output_key":"a"}]}""");

        Assert.Empty(await _cluster.EventsOfAsync(run.Id, after: 4));
        Assert.Empty(await _cluster.EventsOfAsync(run.Id, after: 99));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Pieces_that_nobody_takes_are_put_together_in_front_of_what_ends_their_step()
    {
        var feed = new RunFeed("run_1");
        var run = new RunState
        {
            Start = new() { Definition = Chain.Parse("""{"steps":[{"template":"x","output_key":"a"},{"template":"y","output_key":"b"}]}""") },
            Steps = [new(), new()],
            Events = [new(RunEventKind.RunStarted, -1, default)],
        };
        var watching = feed.WatchAsync(run, 0, deltas: true, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await watching.MoveNextAsync());

        foreach (var piece in new[] { "1", "2", "3" })
        {
            feed.OnPiece(new(0, null), piece);
            feed.OnPiece(new(1, 7), piece);
        }

        feed.OnWritten(run with { Events = run.Events.Add(new(RunEventKind.StepCompleted, 0, default)) });
        feed.OnPiece(new(1, 7), "4");

        Assert.True(await watching.MoveNextAsync());
        Assert.Equal(
            ["step.delta a 123", "step.delta b 7 123", "step.completed a", "step.delta b 7 4"],
            watching.Current.Select(one => string.Join(' ', new[] { one.Type, one.Step, one.Element?.ToString(null, null), one.Delta }.OfType<string>())));
    }
}
