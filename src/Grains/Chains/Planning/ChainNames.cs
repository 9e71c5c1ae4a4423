using System.Text.RegularExpressions;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Planning;

/// <summary>Sees to it that every name in a chain stands for one thing.</summary>
internal sealed partial class ChainNames(ChainDefinition definition)
{
    // The words of Scriban 7.5, and what else cannot be read as a variable.
    private static readonly HashSet<string> Reserved =
    [
        "as", "break", "capture", "case", "continue", "do", "else", "end", "false", "for", "func", "if", "import", "in", "include", "null",
        "readonly", "ret", "tablerow", "this", "true", "when", "while", "with", "wrap", ChainPlanner.Item,
    ];

    private readonly HashSet<string> _outputs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>What is wrong with a step's names, given those of the steps that were checked before it; null for nothing.</summary>
    public ChatError? Check(PlannedStep step)
    {
        var (place, key) = (new StepPlace(step.Index, step.Name), step.OutputKey);
        return !Identifier().IsMatch(key) ? ChainErrors.OutputKeyForm(place, key)
            : Reserved.Contains(key) || TemplateFunctions.Shared.ContainsKey(key) ? ChainErrors.OutputKeyReserved(place, key)
            : !_outputs.Add(key) ? ChainErrors.DuplicateOutputKey(place, key)
            : definition.Inputs?.ContainsKey(key) ?? false ? ChainErrors.OutputKeyIsInput(place, key)
            : !_names.Add(step.Name) ? ChainErrors.DuplicateName(place)
            : null;
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,63}\z")]
    private static partial Regex Identifier();
}
