namespace Prism.Bench.Report;

/// <summary>The result of a case.</summary>
/// <param name="Tables">The numbers; empty if the case cannot be measured on this machine.</param>
/// <param name="Verdicts">Whether the numbers meet the targets.</param>
/// <param name="Note">More about the numbers, or why there are none.</param>
/// <param name="Missing">Results that could not be measured: a contender gave not a single answer.</param>
internal sealed record CaseReport(IReadOnlyList<Table> Tables, IReadOnlyList<Verdict> Verdicts, string? Note = null, IReadOnlyList<string>? Missing = null);
