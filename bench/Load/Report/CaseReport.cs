namespace Prism.Bench.Report;

/// <summary>What a case prints.</summary>
/// <param name="Table">The numbers; null where the case cannot be measured here.</param>
/// <param name="Verdicts">What the numbers say of the targets.</param>
/// <param name="Note">What is to be known of them, or why there are none.</param>
/// <param name="Missing">Results that should be there and are not: a contender without a single answer, or with failures.</param>
internal sealed record CaseReport(Table? Table, IReadOnlyList<Verdict> Verdicts, string? Note = null, IReadOnlyList<string>? Missing = null);
