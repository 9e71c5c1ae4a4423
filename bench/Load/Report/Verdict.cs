using System.Globalization;

namespace Prism.Bench.Report;

/// <summary>What was aimed at, and what came of it.</summary>
/// <param name="Target">What, and how much of it.</param>
/// <param name="Measured">The number.</param>
/// <param name="IsMet">Whether that is good enough.</param>
internal sealed record Verdict(string Target, string Measured, bool IsMet)
{
    public static Verdict AtMost(string what, double limit, double measured, string unit) =>
        new(Text(what, '≤', limit, unit), Text(measured, unit), measured <= limit);

    public static Verdict AtLeast(string what, double limit, double measured, string unit) =>
        new(Text(what, '≥', limit, unit), Text(measured, unit), measured >= limit);

    private static string Text(string what, char sign, double limit, string unit) => $"{what} {sign} {Text(limit, unit)}";

    private static string Text(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0.###} {unit}");
}
