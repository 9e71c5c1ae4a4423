using System.Collections.Frozen;
using Prism.Grains.Interfaces.Chat;
using Scriban.Parsing;

namespace Prism.Grains.Templates;

/// <summary>
/// Finds Jinja2 in a template. Scriban prints <c>{% … %}</c> and <c>{# … #}</c> as text, without an error: a prompt with them would go to the model
/// unnoticed.
/// </summary>
internal static class JinjaSyntax
{
    private static readonly FrozenDictionary<string, string> Counterparts = new Dictionary<string, string>
    {
        ["abs"] = "math.abs",
        ["capitalize"] = "string.capitalize",
        ["d"] = "object.default",
        ["default"] = "object.default",
        ["elif"] = "else if",
        ["endfor"] = "end",
        ["endif"] = "end",
        ["escape"] = "html.escape",
        ["first"] = "array.first",
        ["join"] = "array.join",
        ["last"] = "array.last",
        ["length"] = "array.size or string.size",
        ["lower"] = "string.downcase",
        ["map"] = "array.map",
        ["replace"] = "string.replace",
        ["reverse"] = "array.reverse",
        ["round"] = "math.round",
        ["sort"] = "array.sort",
        ["title"] = "string.capitalizewords",
        ["tojson"] = "object.to_json",
        ["trim"] = "string.strip",
        ["truncate"] = "string.truncate",
        ["unique"] = "array.uniq",
        ["upper"] = "string.upcase",
        ["urlencode"] = "html.url_encode",
        ["wordcount"] = "string.split and array.size",
    }.ToFrozenDictionary();

    /// <summary>The replacement of a filter or keyword of Jinja2; null if it is none.</summary>
    public static string? FindCounterpart(string name) => Counterparts.GetValueOrDefault(name);

    /// <summary>The first tag or comment of Jinja2 outside expressions and raw blocks (<c>{%{ … }%}</c>), or null.</summary>
    public static ChatError? Find(string source, string subject)
    {
        var (lastTag, lastComment) = (source.LastIndexOf("%}", StringComparison.Ordinal), source.LastIndexOf("#}", StringComparison.Ordinal));
        foreach (var token in new Lexer(source))
        {
            if (token.Type == TokenType.Raw
                && FindIn(source, token.Start.Offset, token.End.Offset + 1, lastTag, lastComment, subject) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static ChatError? FindIn(string source, int start, int end, int lastTag, int lastComment, string subject)
    {
        for (var at = start; at < end - 1; at++)
        {
            if (source[at] != '{')
            {
                continue;
            }

            // The closing half may be behind an expression; without it, this is text that only looks like a tag.
            if (source[at + 1] == '%' && lastTag >= at + 2)
            {
                return Refuse(source, at, "'{% … %}' is Jinja2. Write {{ if … }}…{{ end }} or {{ for x in xs }}…{{ end }} instead.", subject);
            }

            if (source[at + 1] == '#' && lastComment >= at + 2)
            {
                return Refuse(source, at, "'{# … #}' is Jinja2. Write a comment as {{ ## … ## }} instead.", subject);
            }
        }

        return null;
    }

    private static ChatError Refuse(string source, int at, string message, string subject) =>
        TemplateErrors.Invalid(source, new SourceSpan("", new TextPosition(at, 0, 0), new TextPosition(at + 1, 0, 0)), message, subject);
}
