using System.Text.RegularExpressions;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Planning;

/// <summary>Checks that every name in a chain has one meaning.</summary>
internal sealed partial class ChainNames(ChainDefinition definition)
{
    // The keywords of Scriban 7.5, and other words that cannot be read as a variable.
    private static readonly HashSet<string> Reserved =
    [
        "as", "break", "capture", "case", "continue", "do", "else", "end", "false", "for", "func", "if", "import", "in", "include", "null",
        "readonly", "ret", "tablerow", "this", "true", "when", "while", "with", "wrap", ChainPlanner.Item,
    ];

    private readonly HashSet<string> _outputs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The error in a step's names, given the names of the steps before it; null if there is none.</summary>
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
