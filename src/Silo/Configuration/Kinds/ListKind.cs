namespace Prism.Silo.Configuration.Kinds;

/// <summary>Items between commas. It stays one text in the configuration, so that a short list replaces a longer one whole.</summary>
internal sealed class ListKind(Func<string, string?>? findProblem) : SettingKind
{
    public override string Allowed => "list, comma-separated";

    /// <summary>The items, without empty ones.</summary>
    public static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public override string? FindProblem(string configured)
    {
        var items = Split(configured);
        var twice = items.GroupBy(item => item, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is not null
            ? $"lists {Quoted.Of(twice.Key)} more than once"
            : items.Select(item => Text.FindProblem(item) ?? findProblem?.Invoke(item)).FirstOrDefault(problem => problem is not null);
    }
}
