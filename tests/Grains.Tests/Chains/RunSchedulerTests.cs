using System.Text.Json;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Chains.Running;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chains;

/// <summary>The decisions of a run, over chains, orders of events and deaths that a seed decides.</summary>
public sealed class RunSchedulerTests
{
    private static readonly ChainOptions Options = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_run_ends_as_its_chain_demands(int part)
    {
        for (var seed = part * 1000; seed < (part * 1000) + 250; seed++)
        {
            var chain = new RandomChain(seed);
            var run = Play(chain, new(seed));

            if (!chain.MayFail)
            {
                Assert.Equal(ChainRunStatus.Succeeded, run.Status);
                Assert.All(chain.Plan.Steps, step => Assert.Equal(chain.ExpectedOf(step), run.Steps[step.Index].Status));
            }

            Assert.True(run.IsFinished);
            Assert.All(run.Steps, step => Assert.True(step.IsSettled && step.Elements.IsEmpty));
            AssertEventsAreInOrder(chain.Plan, run);
        }
    }

    [Fact]
    public void A_step_that_only_needs_skipped_ones_is_skipped_and_one_that_needs_others_too_is_not()
    {
        var plan = Chain.Plan(
            """
            {"steps":[{"output_key":"a","template":"x","when":"flag == 1"},{"output_key":"b","template":"y"},
                      {"output_key":"c","template":"{{ a }}{{ flag }}"},{"output_key":"d","template":"{{ a }}{{ b }}"}],"inputs":{"flag":0}}
            """);
        var scheduler = Create(plan);

        var run = Advance(scheduler, scheduler.Begin(StateOf("""{"steps":[],"inputs":{"flag":0}}""")));
        run = Advance(scheduler, scheduler.Apply(run, new(1, null), Text("out")));

        Assert.Equal(
            [ChainStepStatus.Skipped, ChainStepStatus.Succeeded, ChainStepStatus.Skipped, ChainStepStatus.Running],
            run.Steps.Select(step => step.Status));
    }

    [Fact]
    public void A_failure_that_must_not_be_ends_the_run_and_names_the_step()
    {
        var scheduler = Create(Chain.Plan("""{"steps":[{"output_key":"a","template":"x"},{"output_key":"b","template":"y"},{"output_key":"c","template":"{{ a }}"}]}"""));

        var run = Advance(scheduler, scheduler.Begin(StateOf("{}")));
        run = Advance(scheduler, scheduler.Apply(run, new(0, null), new() { Error = ChatError.Invalid("it broke."), Attempts = 2 }));

        Assert.Equal((ChainRunStatus.Failed, "Step 'a': it broke."), (run.Status, run.Error!.Message));
        Assert.Equal(
            [ChainStepStatus.Failed, ChainStepStatus.Cancelled, ChainStepStatus.Cancelled], run.Steps.Select(step => step.Status));
        Assert.Equal(2, run.Steps[0].Attempts);
        Assert.Equal(run, scheduler.Apply(run, new(1, null), Text("late")));
    }

    [Theory]
    [InlineData(""" "when":"a.b.c" """, "Step 'b': Line 1, column 3 of 'when': 'b' reads a member that does not exist.")]
    [InlineData(""" "for_each":"a" """, "Step 'b': 'for_each' does not make a list.")]
    [InlineData(""" "for_each":"1..a.size" """, "Step 'b': 'for_each' makes a list of 1001 elements; 1000 are allowed.")]
    public void An_expression_that_cannot_be_used_is_a_failure_of_its_step(string property, string message)
    {
        var scheduler = Create(Chain.Plan($$"""{"steps":[{"output_key":"a","template":"x"},{"output_key":"b","template":"y",{{property}} }]}"""));

        var run = Advance(scheduler, scheduler.Begin(StateOf("{}")));
        run = Advance(scheduler, scheduler.Apply(run, new(0, null), Text(new string('x', 1001))));

        Assert.Equal((ChainRunStatus.Failed, message), (run.Status, run.Error?.Message));
    }

    [Fact]
    public void The_outputs_of_elements_are_a_list_in_order_with_null_for_those_that_failed()
    {
        var scheduler = Create(Chain.Plan("""{"steps":[{"output_key":"a","template":"{{ item }}","for_each":"[1,2,3]","on_error":"continue"}]}"""));

        var run = Advance(scheduler, scheduler.Begin(StateOf("{}")));
        run = scheduler.Apply(run, new(0, 2), Text("three"));
        run = scheduler.Apply(run, new(0, 2), Text("again"));
        run = scheduler.Apply(run, new(0, 1), new() { Error = ChatError.Invalid("no."), Attempts = 4 });
        run = Advance(scheduler, scheduler.Apply(run, new(0, 0), Text("one")));

        Assert.Equal(ChainRunStatus.Succeeded, run.Status);
        Assert.Equal("""["one",null,"three"]""", run.Steps[0].Output!.Value.GetRawText());
        Assert.Equal((4, "Step 'a': no."), (run.Steps[0].Attempts, run.Steps[0].Error!.Message));
    }

    [Fact]
    public void A_run_that_gets_too_large_fails_by_the_step_that_makes_it_so()
    {
        var plan = Chain.Plan("""{"steps":[{"output_key":"a","template":"x"},{"output_key":"b","template":"{{ a }}"}]}""");
        var scheduler = Create(plan, new() { MaxStateBytes = 1000 });

        var run = Advance(scheduler, scheduler.Begin(StateOf("{}") with { Bytes = 100 }));
        run = Advance(scheduler, scheduler.Apply(run, new(0, null), Text(new string('x', 500))));
        Assert.Equal(602, run.Bytes);
        run = Advance(scheduler, scheduler.Apply(run, new(1, null), Text(new string('x', 500))));

        Assert.Equal("Step 'b': with its output the run would have more than 1000 bytes of JSON.", run.Error!.Message);
    }

    [Fact]
    public void What_a_dead_silo_had_claimed_is_run_again_under_the_same_claim()
    {
        var scheduler = Create(Chain.Plan("""{"steps":[{"output_key":"a","template":"x"},{"output_key":"b","template":"{{ a }}"}]}"""));
        var run = Advance(scheduler, scheduler.Begin(StateOf("{}")));

        var resumed = Advance(scheduler, RunScheduler.Resume(run));

        Assert.Equal((run.Steps[0].Claim, 2), (resumed.Steps[0].Claim, resumed.Steps[0].Attempts));
        Assert.Equal(new StepState(), resumed.Steps[1]);
        Assert.Equal(3, scheduler.Apply(resumed, new(0, null), Text("out") with { Attempts = 2 }).Steps[0].Attempts);
    }

    private static RunState Play(RandomChain chain, Random chance)
    {
        var scheduler = Create(chain.Plan);
        var run = Advance(scheduler, scheduler.Begin(StateOf("{}")));
        var underWay = new List<StepWork>();
        while (!run.IsFinished)
        {
            while (CallQueue.Next(run, chain.Plan, underWay) is { } work)
            {
                Assert.All(chain.Plan.Steps[work.Step].Needs, need => Assert.True(run.Steps[need].IsSettled));
                underWay.Add(work);
            }

            Assert.InRange(underWay.Count, 1, chain.Plan.MaxParallel);
            if (chance.Next(15) == 0)
            {
                // The silo dies, and with it all that is under way.
                underWay.Clear();
                run = Advance(scheduler, RunScheduler.Resume(run));
                continue;
            }

            var done = underWay[chance.Next(underWay.Count)];
            underWay.Remove(done);
            run = scheduler.Apply(run, done, chain.OutcomeOf(done));
            Assert.Equal(run, scheduler.Apply(run, done, chain.OutcomeOf(done)));
            run = Advance(scheduler, run);
        }

        return run;
    }

    private static void AssertEventsAreInOrder(ChainPlan plan, RunState run)
    {
        Assert.Equal(RunEventKind.RunStarted, run.Events[0].Kind);
        Assert.InRange(run.Events[^1].Kind, RunEventKind.RunCompleted, RunEventKind.RunCancelled);
        Assert.Equal(2, run.Events.Count(one => one.Step < 0));
        foreach (var step in plan.Steps)
        {
            var own = run.Events.Where(one => one.Step == step.Index).Select(one => one.Kind).ToArray();
            var expected = run.Steps[step.Index] switch
            {
                { Status: ChainStepStatus.Succeeded } => new[] { RunEventKind.StepStarted, RunEventKind.StepCompleted },
                { Status: ChainStepStatus.Skipped } => [RunEventKind.StepSkipped],
                { Status: ChainStepStatus.Failed } => [RunEventKind.StepStarted, RunEventKind.StepFailed],
                { StartedAt: not null } => [RunEventKind.StepStarted],
                _ => [],
            };
            Assert.Equal(expected, own);

            if (own.Contains(RunEventKind.StepStarted))
            {
                Assert.All(step.Needs, need => Assert.True(LastOf(need) < FirstOf(step.Index)));
            }
        }

        int FirstOf(int step) => run.Events.Select((one, place) => (one, place)).First(pair => pair.one.Step == step).place;
        int LastOf(int step) => run.Events.Select((one, place) => (one, place)).Last(pair => pair.one.Step == step).place;
    }

    private static RunScheduler Create(ChainPlan plan, ChainOptions? options = null) =>
        new(plan, new StepExpressions(plan, Chain.Engine, options ?? Options), options ?? Options, TimeProvider.System);

    // As far as it goes, with all expressions evaluated that are in the way.
    private static RunState Advance(RunScheduler scheduler, RunState run)
    {
        run = scheduler.Advance(run);
        while (scheduler.Expressions.TakeOpen() is { IsEmpty: false } open)
        {
            scheduler.Expressions.Add(scheduler.Expressions.Evaluate(open, scheduler.ValuesOf(run), CancellationToken.None));
            run = scheduler.Advance(run);
        }

        return run;
    }

    private static RunState StateOf(string definition) => new() { Start = new() { Definition = Chain.Parse(definition) } };

    private static StepOutcome Text(string text) =>
        new() { Output = JsonSerializer.SerializeToElement(text), Attempts = 1 };
}
