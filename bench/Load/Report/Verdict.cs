using System.Globalization;

namespace Prism.Bench.Report;

/// <summary>A target and whether it is met.</summary>
/// <param name="Target">What is limited, and the limit.</param>
/// <param name="Measured">The measured value.</param>
/// <param name="IsMet">Whether it is within the limit.</param>
internal sealed record Verdict(string Target, string Measured, bool IsMet)
{
    public static Verdict AtMost(string what, double limit, double measured, string unit) =>
        new(Text(what, '≤', limit, unit), Text(measured, unit), measured <= limit);

    public static Verdict AtLeast(string what, double limit, double measured, string unit) =>
        new(Text(what, '≥', limit, unit), Text(measured, unit), measured >= limit);

    private static string Text(string what, char sign, double limit, string unit) => $"{what} {sign} {Text(limit, unit)}";

    private static string Text(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0.###} {unit}");
}
