using System.Buffers;
using System.Text;
using Scriban.Functions;
using Scriban.Runtime;

namespace Prism.Grains.Templates;

/// <summary>
/// Those of Scriban's functions for texts that may take far more than they are given: results many times as long as the arguments, pieces without
/// number, a regular expression where a loop does. Each does what Scriban's does, within the limits.
/// </summary>
internal static class TextFunctions
{
    private const int LongestFormat = 100;

    private const int LargestPrecision = 100;

    // The characters of \s in a regular expression.
    private static readonly SearchValues<char> WhiteSpace =
        SearchValues.Create([.. Enumerable.Range(0, char.MaxValue + 1).Select(code => (char)code).Where(char.IsWhiteSpace)]);

    public static string Base64Encode(SandboxContext context, string? text)
    {
        BoundedText.ThrowIfTooLong(context, ((Encoding.UTF8.GetByteCount(text ?? "") + 2L) / 3) * 4);
        return StringFunctions.Base64Encode(text);
    }

    public static string Escape(SandboxContext context, string? text) => BoundedText.Map(context, text, StringFunctions.Escape);

    public static string HtmlEscape(SandboxContext context, string? text) => BoundedText.Map(context, text, HtmlFunctions.Escape);

    public static string UrlEncode(SandboxContext context, string? text) => BoundedText.Map(context, text, HtmlFunctions.UrlEncode);

    public static string UrlEscape(SandboxContext context, string? text) => BoundedText.Map(context, text, HtmlFunctions.UrlEscape);

    public static string Replace(SandboxContext context, string? text, string? match, string? replace)
    {
        var (old, by) = (match ?? "", replace ?? "");
        if (!string.IsNullOrEmpty(text) && old.Length > 0 && by.Length > old.Length)
        {
            BoundedText.ThrowIfTooLong(context, text.Length + ((by.Length - (long)old.Length) * text.AsSpan().Count(old)));
        }

        return StringFunctions.Replace(text, old, by);
    }

    public static ScriptArray Split(SandboxContext context, string? text, string? match)
    {
        var pieces = new ScriptArray();
        if (string.IsNullOrEmpty(text))
        {
            return pieces;
        }

        if (string.IsNullOrEmpty(match))
        {
            pieces.Add(text);
            return pieces;
        }

        foreach (var piece in text.AsSpan().Split(match))
        {
            if (text[piece] is { Length: > 0 } some)
            {
                BoundedText.ThrowIfTooMany(context, pieces.Count + 1);
                pieces.Add(some);
            }
        }

        return pieces;
    }

    public static string StripNewlines(string? text) => (text ?? "").Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);

    // As Scriban's, the ellipsis is there also where nothing is left out, and is always the same.
    public static string Truncatewords(string? text, int count, string? ellipsis = null)
    {
        _ = ellipsis;
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var words = new StringBuilder();
        var rest = text.AsSpan();
        for (var word = 0; word < count; word++)
        {
            var end = rest.IndexOfAny(WhiteSpace);
            words.Append(word > 0 ? " " : "").Append(end < 0 ? rest : rest[..end]);
            if (end < 0)
            {
                break;
            }

            rest = rest[end..].TrimStart();
        }

        return words.Append("...").ToString();
    }

    public static string FormatNumber(SandboxContext context, object? value, string? format, string? culture = null)
    {
        CheckFormat(context, format);
        return MathFunctions.Format(context, context.CurrentSpan, value, format, culture);
    }

    public static string FormatObject(SandboxContext context, object? value, string? format, string? culture = null)
    {
        CheckFormat(context, format);
        return ObjectFunctions.Format(context, context.CurrentSpan, value, format, culture);
    }

    // "D999999999" is a number of that many digits.
    private static void CheckFormat(SandboxContext context, string? format)
    {
        if (format?.Length > LongestFormat)
        {
            throw new TemplateLimitException(context.CurrentSpan, $"is given a format of more than {LongestFormat} characters");
        }

        if (format?.Length > 1 && char.IsAsciiLetter(format[0]) && int.TryParse(format.AsSpan(1), out var precision) && precision > LargestPrecision)
        {
            throw new TemplateLimitException(context.CurrentSpan, $"is given a format with more than {LargestPrecision} digits");
        }
    }
}
