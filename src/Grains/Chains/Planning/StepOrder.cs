using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Chains.Planning;

/// <summary>Finds the dependencies between steps, and an order in which every step comes after its dependencies.</summary>
internal static class StepOrder
{
    /// <param name="definition">The chain.</param>
    /// <param name="steps">Its steps, compiled.</param>
    /// <param name="maxParallel">The most concurrent calls.</param>
    /// <param name="isOpen">Whether unknown variables are inputs of later runs.</param>
    public static PlanResult Resolve(ChainDefinition definition, ImmutableArray<PlannedStep> steps, int maxParallel, bool isOpen)
    {
        var open = new List<string>();
        var makers = steps.ToDictionary(step => step.OutputKey, step => step.Index, StringComparer.Ordinal);
        var resolved = ImmutableArray.CreateBuilder<PlannedStep>(steps.Length);
        foreach (var step in steps)
        {
            var needs = new SortedSet<int>();
            foreach (var (property, variable, isOptional) in StepVariables.Of(step))
            {
                if (makers.TryGetValue(variable, out var maker))
                {
                    needs.Add(maker);
                }
                else if (!isOptional && FindProblem(definition, step, property, variable) is { } error)
                {
                    if (!isOpen || variable == ChainPlanner.Item)
                    {
                        return error;
                    }

                    open.Add(variable);
                }
            }

            resolved.Add(step with { Needs = [.. needs] });
        }

        var all = resolved.MoveToImmutable();
        var order = Sort(all);
        return order.Length == all.Length ? new ChainPlan(all, order, maxParallel) { Open = [.. open.Distinct()] } : DescribeCycle(all, order);
    }

    private static ChatError? FindProblem(ChainDefinition definition, PlannedStep step, string property, string variable)
    {
        var place = new StepPlace(step.Index, step.Name);
        var isOfElement = property is not ("when" or "for_each");
        return variable == ChainPlanner.Item && step.ForEach is not null && isOfElement ? null
            : definition.Inputs?.ContainsKey(variable) ?? false ? null
            : variable == ChainPlanner.Item ? ChainErrors.ItemWithoutForEach(place, property)
            : ChainErrors.NobodyProvides(place, property, variable);
    }

    // Those that need nothing that is missing, again and again; in the order of the definition where there is a choice.
    private static ImmutableArray<int> Sort(ImmutableArray<PlannedStep> steps)
    {
        var order = ImmutableArray.CreateBuilder<int>(steps.Length);
        var done = new bool[steps.Length];
        bool found;
        do
        {
            found = false;
            foreach (var step in steps)
            {
                if (!done[step.Index] && step.Needs.All(need => done[need]))
                {
                    done[step.Index] = found = true;
                    order.Add(step.Index);
                }
            }
        }
        while (found);

        return order.ToImmutable();
    }

    private static ChatError DescribeCycle(ImmutableArray<PlannedStep> steps, ImmutableArray<int> sorted)
    {
        // Each remaining step needs another remaining one, so following them ends in a cycle.
        var left = steps.Select(step => step.Index).Except(sorted).ToHashSet();
        var path = new List<int> { left.Min() };
        while (true)
        {
            var next = steps[path[^1]].Needs.First(left.Contains);
            var at = path.IndexOf(next);
            if (at >= 0)
            {
                var step = steps[next];
                var others = path[(at + 1)..];
                return others.Count == 0
                    ? ChainErrors.NeedsItself(new(step.Index, step.Name))
                    : ChainErrors.Cycle(new(step.Index, step.Name), others.Select(other => steps[other].Name));
            }

            path.Add(next);
        }
    }
}
