using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces.Chains;

namespace Prism.Grains.Chains.Running;

/// <summary>
/// Chooses the next call of a run. Steps get turns: one with a thousand elements does not keep the others waiting.
/// </summary>
internal static class CallQueue
{
    /// <summary>The next work that is claimed and not in progress; null if there is none, or the limit of concurrent calls is reached.</summary>
    public static StepWork? Next(RunState run, ChainPlan plan, IReadOnlyCollection<StepWork> underWay)
    {
        if (run.IsFinished || underWay.Count >= plan.MaxParallel)
        {
            return null;
        }

        var counts = underWay.CountBy(work => work.Step).ToDictionary();
        foreach (var step in plan.Steps
            .Where(step => run.Steps[step.Index].Status == ChainStepStatus.Running)
            .OrderBy(step => counts.GetValueOrDefault(step.Index)))
        {
            if (FindIn(run.Steps[step.Index], step.Index, underWay) is { } work)
            {
                return work;
            }
        }

        return null;
    }

    private static StepWork? FindIn(StepState state, int step, IReadOnlyCollection<StepWork> underWay)
    {
        if (state.ElementCount is null)
        {
            var whole = new StepWork(step, null);
            return underWay.Contains(whole) ? null : whole;
        }

        for (var i = 0; i < state.Elements.Length; i++)
        {
            var element = new StepWork(step, i);
            if (state.Elements[i] is null && !underWay.Contains(element))
            {
                return element;
            }
        }

        return null;
    }
}
