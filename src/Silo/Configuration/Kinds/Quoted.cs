namespace Prism.Silo.Configuration.Kinds;

/// <summary>A value in a message.</summary>
internal static class Quoted
{
    private const int MaxLength = 60;

    /// <summary>The value in quotes, on one line, and not longer than a line.</summary>
    public static string Of(string value)
    {
        var shown = value.Length <= MaxLength ? value : value[..MaxLength] + "…";
        return "'" + string.Concat(shown.Select(c => char.IsControl(c) ? ' ' : c)) + "'";
    }
}
