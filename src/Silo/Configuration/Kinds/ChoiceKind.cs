using System.Collections.Immutable;

namespace Prism.Silo.Configuration.Kinds;

/// <summary>One of some words. Of several with the same meaning, the first is documented.</summary>
internal sealed class ChoiceKind(ImmutableArray<(string Word, string Configured)> choices) : SettingKind
{
    private IEnumerable<string> Documented => choices.DistinctBy(choice => choice.Configured).Select(choice => choice.Word);

    public override string Allowed => string.Join(", ", Documented.Select(word => $"`{word}`"));

    public override SettingValue Read(string text) =>
        choices.FirstOrDefault(choice => choice.Word.Equals(text, StringComparison.OrdinalIgnoreCase)).Configured is { } configured
            ? new(configured, null)
            : new(null, $"has to be one of {string.Join(", ", Documented)}, not {Quoted.Of(text)}");

    public override string? FindProblem(string configured) => Read(configured).Problem;
}
