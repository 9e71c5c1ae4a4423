using System.Text.Json;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Chains.Running;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chains;

/// <summary>A chain whose shape a seed decides, and what has to become of it.</summary>
internal sealed class RandomChain
{
    private readonly HashSet<int> _failing = [];
    private readonly bool[] _conditions;

    public RandomChain(int seed)
    {
        var chance = new Random(seed);
        var count = chance.Next(1, 15);
        _conditions = [.. Enumerable.Range(0, count).Select(_ => chance.Next(5) > 0)];
        var steps = Enumerable.Range(0, count).Select(i => CreateStep(i, chance)).ToArray();
        // Written in any order: what needs what is all that counts.
        chance.Shuffle(steps);
        Plan = Chain.Plan(new ChainDefinition { Steps = [.. steps], MaxParallel = chance.Next(1, 6) });
    }

    public ChainPlan Plan { get; }

    /// <summary>Whether a step of it fails that must not.</summary>
    public bool MayFail => Plan.Steps.Any(step => Fails(step) && !step.Continues);

    public StepOutcome OutcomeOf(StepWork work) => Fails(Plan.Steps[work.Step])
        ? new() { Error = new() { Kind = ChatErrorKind.UpstreamServerError, Message = "no." }, Attempts = 1 }
        : new() { Output = JsonElement.Parse($"\"{work}\""), Attempts = 1, Usage = ChatUsage.Of(1, 1) };

    /// <summary>The statuses that the rules demand, worked out from the end: by asking each step what those it needs have come to.</summary>
    public ChainStepStatus ExpectedOf(PlannedStep step)
    {
        if (!step.Needs.IsEmpty && step.Needs.All(need => ExpectedOf(Plan.Steps[need]) == ChainStepStatus.Skipped))
        {
            return ChainStepStatus.Skipped;
        }

        return !_conditions[NumberOf(step)] ? ChainStepStatus.Skipped
            : Fails(step) && step.ForEach is null ? ChainStepStatus.Failed
            : ChainStepStatus.Succeeded;
    }

    private bool Fails(PlannedStep step) => _failing.Contains(NumberOf(step)) && step.Step.ForEach != "[]";

    private static int NumberOf(PlannedStep step) => int.Parse(step.OutputKey[1..], null);

    private ChainStep CreateStep(int number, Random chance)
    {
        var needs = Enumerable.Range(0, number).Where(_ => chance.Next(4) == 0).Select(need => $"{{{{ s{need} }}}}");
        if (chance.Next(6) == 0)
        {
            _failing.Add(number);
        }

        return new()
        {
            OutputKey = $"s{number}",
            Template = "x" + string.Concat(needs),
            When = _conditions[number] ? null : "false",
            ForEach = chance.Next(5) switch { 0 => "1..7", 1 => "[]", _ => null },
            OnError = chance.Next(8) > 0 ? "continue" : "fail",
        };
    }
}
