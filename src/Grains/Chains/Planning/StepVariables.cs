namespace Prism.Grains.Chains.Planning;

/// <summary>The variables that a step reads, from its parsed templates and expressions.</summary>
internal static class StepVariables
{
    /// <summary>Each with the property that reads it. An optional one is a stored template's, which has a default for it.</summary>
    public static IEnumerable<(string Property, string Variable, bool IsOptional)> Of(PlannedStep step) =>
    [
        .. From("when", step.When?.Variables),
        .. From("for_each", step.ForEach?.Variables),
        .. From("system", step.System?.Variables),
        .. From("template", step.Prompt?.Variables),
        .. (step.Stored?.Template.Variables ?? []).Select(variable => ("template_name", variable.Name, variable.Default is not null)),
    ];

    private static IEnumerable<(string Property, string Variable, bool IsOptional)> From(string property, IEnumerable<string>? variables) =>
        (variables ?? []).Select(variable => (property, variable, false));
}
