using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Prism.Gateway.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Usage;

namespace Prism.Gateway.Usage;

/// <summary>
/// A query for usage: <c>from</c> and <c>to</c> are UTC days, both included (by default the month of <c>to</c>, up to today), and <c>group_by</c> is
/// a list of <c>key</c>, <c>day</c>, <c>provider</c> and <c>model</c>. Without it there is only the total.
/// </summary>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="GroupBy">The properties to group rows by.</param>
/// <param name="Page">The page of rows.</param>
internal sealed record UsageQuery(DateOnly From, DateOnly To, ImmutableArray<string> GroupBy, Page Page)
{
    internal const string DayFormat = "yyyy-MM-dd";
    private const string Key = "key";
    private const string Day = "day";
    private const string Provider = "provider";
    private const string Model = "model";
    private const int MostDays = 366;

    private static readonly ImmutableArray<string> Groups = [Key, Day, Provider, Model];

    /// <summary>Reads it from the query, or returns the error in it.</summary>
    public static (UsageQuery? Query, ChatError? Error) Read(HttpRequest request, DateOnly today)
    {
        var (to, wrongTo) = ReadDay(request, "to", today);
        var (from, wrongFrom) = ReadDay(request, "from", to.AddDays(1 - to.Day));
        var groupBy = request.Query["group_by"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var (page, wrongPage) = Page.Read(request);
        var error = wrongFrom ?? wrongTo ?? CheckRange(from, to) ?? CheckGroups(groupBy) ?? wrongPage
            ?? (page!.After is { } after && UsageGroup.FromCursor(after) is null ? Page.WrongCursor : null);
        return error is null ? (new(from, to, [.. groupBy], page!), null) : (null, error);
    }

    /// <summary>Whether a row comes behind the last row of the page before.</summary>
    public bool IsBehind(UsageGroup group) => Page.After is not { } after || group.CompareTo(UsageGroup.FromCursor(after)!.Value) > 0;

    /// <summary>The row that a line belongs to.</summary>
    public UsageGroup GroupOf(string owner, UsageLine line) => new(
        GroupBy.Contains(Key) ? owner : null,
        GroupBy.Contains(Day) ? line.Day : null,
        GroupBy.Contains(Provider) ? line.Provider : null,
        GroupBy.Contains(Model) ? line.Model : null);

    private static (DateOnly Day, ChatError? Error) ReadDay(HttpRequest request, string name, DateOnly otherwise) => request.Query[name] switch
    {
        [] => (otherwise, null),
        [{ } text] when DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) => (day, null),
        _ => (otherwise, ChatError.Invalid($"'{name}' must be a day, as 2026-01-31.", name)),
    };

    private static ChatError? CheckRange(DateOnly from, DateOnly to) =>
        from > to ? ChatError.Invalid("'from' must not be after 'to', which is today by default.", "from")
        : to.DayNumber - from.DayNumber >= MostDays ? ChatError.Invalid($"'from' must not be {MostDays} days or more before 'to'.", "from")
        : null;

    private static ChatError? CheckGroups(string[] groupBy) =>
        groupBy.All(Groups.Contains) && groupBy.Distinct().Count() == groupBy.Length
            ? null
            : ChatError.Invalid($"'group_by' must be a list of {string.Join(", ", Groups)}, each at most once.", "group_by");
}

/// <summary>The values that a row is grouped by; null for properties that do not group.</summary>
internal readonly record struct UsageGroup(string? Key, DateOnly? Day, string? Provider, string? Model) : IComparable<UsageGroup>
{
    private const char Separator = '\n';

    /// <summary>The row of a cursor; null if the cursor is invalid.</summary>
    public static UsageGroup? FromCursor(string cursor)
    {
        var bytes = new byte[cursor.Length];
        return Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(Separator) is [var key, var day, var provider, var model]
            && (day.Length == 0 || DateOnly.TryParseExact(day, UsageQuery.DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            ? new UsageGroup(NullIfEmpty(key), day.Length == 0 ? null : DateOnly.ParseExact(day, UsageQuery.DayFormat, CultureInfo.InvariantCulture), NullIfEmpty(provider), NullIfEmpty(model))
            : null;
    }

    /// <summary>The cursor of this row, for the address of the page behind it.</summary>
    public string ToCursor() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Join(Separator, Key, Day?.ToString(UsageQuery.DayFormat, CultureInfo.InvariantCulture), Provider, Model)));

    public int CompareTo(UsageGroup other)
    {
        var order = string.CompareOrdinal(Key, other.Key);
        order = order != 0 ? order : Nullable.Compare(Day, other.Day);
        order = order != 0 ? order : string.CompareOrdinal(Provider, other.Provider);
        return order != 0 ? order : string.CompareOrdinal(Model, other.Model);
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
