using System.Globalization;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Catalog;

/// <summary>The errors for owners that have reached a quota.</summary>
internal static class QuotaErrors
{
    // Runs end at any time.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static ChatError ActiveRuns(long used, long limit) => new()
    {
        Kind = ChatErrorKind.RateLimited,
        Message = Text($"{used:N0} of your runs are active; the limit is {limit:N0}. Wait until one ends, or cancel one."),
        Code = "too_many_active_runs",
        RetryAfter = RetryAfter,
        Quota = new() { Name = "active_runs", Used = used, Limit = limit },
    };

    public static ChatError Runs(long used, long limit) => Full(
        "runs", used, limit, Text($"You have {used:N0} runs; the limit is {limit:N0}. Delete some that have ended, or wait until their retention is over."));

    public static ChatError RunBytes(long used, long wanted, long limit) => Full(
        "run_bytes",
        used,
        limit,
        Text($"Your runs have {used:N0} bytes, and this one {wanted:N0}; the limit is {limit:N0}. Delete some that have ended, or wait until their retention is over."));

    /// <param name="kind">The kind of entry: <c>chain</c>.</param>
    /// <param name="used">How many there are.</param>
    /// <param name="limit">How many may be.</param>
    public static ChatError Stored(string kind, long used, long limit) =>
        Full($"{kind}s", used, limit, Text($"You have {used:N0} {kind}s; the limit is {limit:N0}. Delete one first."));

    /// <param name="kind">The kind of entry: <c>chain</c>.</param>
    /// <param name="used">How many bytes all of them have.</param>
    /// <param name="limit">How many they may have.</param>
    public static ChatError StoredBytes(string kind, long used, long limit) => Full(
        $"{kind}_bytes", used, limit, Text($"Your {kind}s have {used:N0} bytes; the limit is {limit:N0}, and this is too much. Delete one first, or store less."));

    private static ChatError Full(string name, long used, long limit, string message) => new()
    {
        Kind = ChatErrorKind.Conflict,
        Message = message,
        Code = "too_many_" + name,
        Quota = new() { Name = name, Used = used, Limit = limit },
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
