using System.Text;
using System.Text.RegularExpressions;
using Scriban.Runtime;

namespace Prism.Grains.Templates;

/// <summary>
/// Scriban's functions for regular expressions, match by match: the time-out of .NET begins anew with each match, and the results have no bound. Each
/// does what Scriban's does, within the limits.
/// </summary>
internal static partial class ExpressionFunctions
{
    // The cost of looking for the next match, beside the match.
    private const int WorkOfMatch = 100;

    // The size of the engine's record of each round of a repeated group, for each group, with which it can go back.
    private const int BytesOfRound = 256;

    public static string Escape(SandboxContext context, string pattern)
    {
        CheckPattern(context, pattern);
        return Regex.Escape(pattern);
    }

    public static string Unescape(SandboxContext context, string pattern)
    {
        CheckPattern(context, pattern);
        return Regex.Unescape(pattern);
    }

    public static ScriptArray Match(SandboxContext context, string text, string pattern, string? options = null)
    {
        foreach (var match in Find(context, text, pattern, OptionsOf(options)))
        {
            return GroupsOf(match);
        }

        return [];
    }

    public static ScriptArray Matches(SandboxContext context, string text, string pattern, string? options = null)
    {
        var (all, values) = (new ScriptArray(), 0);
        foreach (var match in Find(context, text, pattern, OptionsOf(options)))
        {
            values += match.Groups.Count;
            BoundedText.ThrowIfTooMany(context, values);
            all.Add(GroupsOf(match));
        }

        return all;
    }

    public static string Replace(SandboxContext context, string text, string pattern, string replace, string? options = null)
    {
        var dollars = replace.AsSpan().Count('$');
        return dollars == 0
            ? ReplaceByText(context, text, pattern, replace, OptionsOf(options))
            : ReplaceByParts(context, text, pattern, replace, OptionsOf(options), dollars);
    }

    public static ScriptArray Split(SandboxContext context, string text, string pattern, string? options = null)
    {
        var (pieces, last) = (new ScriptArray(), 0);
        foreach (var match in Find(context, text, pattern, OptionsOf(options)))
        {
            BoundedText.ThrowIfTooMany(context, pieces.Count + match.Groups.Count);
            pieces.Add(text[last..match.Index]);
            pieces.AddRange(match.Groups.Values.Skip(1).Where(group => group.Success).Select(group => group.Value));
            last = match.Index + match.Length;
        }

        BoundedText.ThrowIfTooMany(context, pieces.Count + 1);
        pieces.Add(text[last..]);
        return pieces;
    }

    // Without an object for each match, of which there may be as many as there are characters.
    private static string ReplaceByText(SandboxContext context, string text, string pattern, string replacement, RegexOptions options)
    {
        var (result, last) = (new StringBuilder(), 0);
        foreach (var match in Parse(context, text, pattern, options).EnumerateMatches(text))
        {
            context.Spend(context.CurrentSpan, WorkOfMatch);
            BoundedText.Append(context, result, text.AsSpan(last, match.Index - last));
            BoundedText.Append(context, result, replacement);
            last = match.Index + match.Length;
        }

        BoundedText.Append(context, result, text.AsSpan(last));
        return result.ToString();
    }

    private static string ReplaceByParts(
        SandboxContext context, string text, string pattern, string replacement, RegexOptions options, long dollars)
    {
        CheckPattern(context, replacement);
        var (result, last) = (new StringBuilder(), 0);
        foreach (var match in Find(context, text, pattern, options))
        {
            BoundedText.Append(context, result, text.AsSpan(last, match.Index - last));
            BoundedText.ThrowIfTooLong(context, result.Length + replacement.Length + (dollars * LongestPartOf(match, text, replacement)));
            BoundedText.Append(context, result, match.Result(replacement));
            last = match.Index + match.Length;
        }

        BoundedText.Append(context, result, text.AsSpan(last));
        return result.ToString();
    }

    // The most that one "$…" of a replacement may insert.
    private static long LongestPartOf(Match match, string text, string replacement) =>
        replacement.AsSpan().IndexOfAny("_`'") >= 0 ? text.Length : match.Groups.Values.Max(group => group.Length);

    private static IEnumerable<Match> Find(SandboxContext context, string text, string pattern, RegexOptions options)
    {
        for (var match = Parse(context, text, pattern, options).Match(text); match.Success; match = match.NextMatch())
        {
            context.Spend(context.CurrentSpan, WorkOfMatch + match.Groups.Count + match.Length);
            yield return match;
        }
    }

    private static Regex Parse(SandboxContext context, string text, string pattern, RegexOptions options)
    {
        CheckPattern(context, pattern);
        CheckRepeatedGroups(context, text, pattern);
        return context.ExpressionOf(pattern, options);
    }

    private static ScriptArray GroupsOf(Match match) => new(match.Groups.Values.Select(group => group.Value));

    // The parser takes longer than in proportion to a pattern.
    private static void CheckPattern(SandboxContext context, string pattern)
    {
        if (pattern.Length > context.Options.MaxPatternLength)
        {
            throw new TemplateLimitException(
                context.CurrentSpan, $"is given a pattern or replacement of more than {context.Options.MaxPatternLength:N0} characters");
        }
    }

    // The engine records each round of a repeated group, in effect each character. (Patterns that only look like one count too.)
    private static void CheckRepeatedGroups(SandboxContext context, string text, string pattern)
    {
        var most = context.Options.MaxAllocatedBytes / BytesOfRound;
        if (text.Length > most / Math.Max(1, pattern.AsSpan().Count('(')) && RepeatedGroup().IsMatch(pattern))
        {
            throw new TemplateLimitException(
                context.CurrentSpan, $"repeats a group over a text for which its length times the number of groups is more than {most:N0}");
        }
    }

    [GeneratedRegex(@"\)\s*(?:[*+{#]|\(\?#)", RegexOptions.CultureInvariant)]
    private static partial Regex RepeatedGroup();

    private static RegexOptions OptionsOf(string? options) => (options ?? "").Aggregate(RegexOptions.None, (all, option) => all | option switch
    {
        'i' => RegexOptions.IgnoreCase,
        'm' => RegexOptions.Multiline,
        's' => RegexOptions.Singleline,
        'x' => RegexOptions.IgnorePatternWhitespace,
        _ => RegexOptions.None,
    });
}
