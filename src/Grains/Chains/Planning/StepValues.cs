using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Planning;

/// <summary>The values of a run's variables at one moment: its inputs, and the outputs of the steps that are settled.</summary>
/// <param name="inputs">The run's.</param>
/// <param name="plan">The plan.</param>
/// <param name="outputs">By the steps' places; null where a step has none. Empty where no step has run.</param>
internal sealed class StepValues(IReadOnlyDictionary<string, JsonElement>? inputs, ChainPlan plan, ImmutableArray<JsonElement?> outputs)
{
    /// <summary>The values of some variables. Only these are converted: a template does not pay for variables of others.</summary>
    public IEnumerable<KeyValuePair<string, JsonElement>> Of(IEnumerable<string> variables, JsonElement? item = null) =>
        variables.Select(name => KeyValuePair.Create(name, Find(name, item) ?? default));

    /// <summary>Those of a stored template's variables that there are.</summary>
    public Dictionary<string, JsonElement> OfStored(PreparedTemplate template, JsonElement? item)
    {
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var variable in template.Template.Variables)
        {
            if (Find(variable.Name, item) is { } value)
            {
                values[variable.Name] = value;
            }
        }

        return values;
    }

    private JsonElement? Find(string name, JsonElement? item)
    {
        if (name == ChainPlanner.Item && item is not null)
        {
            return item;
        }

        if (inputs is not null && inputs.TryGetValue(name, out var input))
        {
            return input;
        }

        foreach (var step in plan.Steps)
        {
            if (step.OutputKey == name && step.Index < outputs.Length)
            {
                return outputs[step.Index];
            }
        }

        return null;
    }
}
