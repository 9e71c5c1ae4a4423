using System.Text;

namespace Prism.Grains.Templates;

/// <summary>
/// Takes the tags, comments, scripts and styles out of HTML, as Scriban's <c>html.strip</c> does: whose regular expression goes back and forth without
/// an end over attributes that are not closed. This goes on only.
/// </summary>
internal sealed class HtmlTags(SandboxContext context, string text)
{
    // Left out completely, with everything between start and end.
    private static readonly (string Start, string End)[] Blocks = [("<script", "</script>"), ("<!--", "-->"), ("<style", "</style>")];

    // Where there is no end of a block any more, none is looked for again.
    private readonly HashSet<string> _over = [];

    public static string? Strip(SandboxContext context, string? text) =>
        string.IsNullOrEmpty(text) ? text : new HtmlTags(context, text).Strip();

    private string Strip()
    {
        var (result, kept) = (new StringBuilder(), 0);
        for (var at = text.IndexOf('<'); at >= 0; at = text.IndexOf('<', at))
        {
            var end = EndAt(at);
            if (end < 0)
            {
                at++;
                continue;
            }

            result.Append(text, kept, at - kept);
            (kept, at) = (end, end);
        }

        return result.Append(text, kept, text.Length - kept).ToString();
    }

    private int EndAt(int start)
    {
        foreach (var (open, close) in Blocks)
        {
            if (text.AsSpan(start).StartsWith(open, StringComparison.OrdinalIgnoreCase) && Find(close, start + open.Length) is >= 0 and var end)
            {
                return end + close.Length;
            }
        }

        return Find(">", start) < 0 ? -1 : EndOfTag(start + 1);
    }

    private int Find(string end, int start)
    {
        if (_over.Contains(end))
        {
            return -1;
        }

        var found = text.IndexOf(end, start, StringComparison.OrdinalIgnoreCase);
        if (found < 0)
        {
            _over.Add(end);
        }

        return found;
    }

    // A '>' in a quoted attribute ends nothing.
    private int EndOfTag(int start)
    {
        var at = start;
        while (at < text.Length && text[at] != '>')
        {
            if (text[at] != '=')
            {
                at++;
            }
            else if (at + 1 < text.Length && text[at + 1] is '\'' or '"')
            {
                var close = text.IndexOf(text[at + 1], at + 2);
                at = close < 0 ? text.Length : close + 1;
            }
            else
            {
                at = Math.Min(at + 2, text.Length);
                while (at < text.Length && text[at] != '>' && !char.IsWhiteSpace(text[at]))
                {
                    at++;
                }
            }
        }

        context.Spend(context.CurrentSpan, at - start);
        return at < text.Length ? at + 1 : -1;
    }
}
