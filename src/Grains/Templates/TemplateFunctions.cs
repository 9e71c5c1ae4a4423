using Scriban.Functions;
using Scriban.Runtime;
using static Prism.Grains.Templates.FunctionCosts;

namespace Prism.Grains.Templates;

/// <summary>
/// The functions that a template may call, each with its cost. An allow-list, so that functions of a new version of Scriban are reviewed first. It
/// leaves out functions that reach outside (<c>include</c>), that parse values as templates (<c>object.eval</c>), and that make two renderings differ
/// (<c>date</c>, <c>math.random</c>, <c>math.uuid</c>). Scriban's unbounded functions are replaced.
/// </summary>
internal static class TemplateFunctions
{
    private static readonly (string Name, ScriptObject From, (string Name, FunctionCost Cost)[] Members)[] Allowed =
    [
        ("array", new ArrayFunctions(),
        [
            ("add", Elements), ("add_range", Elements), ("any", Elements), ("compact", Elements), ("concat", Elements), ("contains", Lengths),
            ("cycle", Lengths), ("each", Elements), ("filter", Elements), ("first", None), ("insert_at", Elements), ("join", Lengths),
            ("last", Elements), ("limit", Elements), ("map", Members), ("offset", Elements), ("remove_at", Elements), ("reverse", Elements),
            ("size", Elements), ("sort", Sort), ("uniq", Lengths),
        ]),
        ("html", With(
            new HtmlFunctions(),
            ("escape", TextFunctions.HtmlEscape),
            ("strip", HtmlTags.Strip),
            ("url_encode", TextFunctions.UrlEncode),
            ("url_escape", TextFunctions.UrlEscape)),
        [
            ("escape", Lengths), ("strip", Lengths), ("url_encode", Lengths), ("url_escape", Lengths),
        ]),
        ("math", With(new MathFunctions(), ("format", TextFunctions.FormatNumber)),
        [
            ("abs", None), ("ceil", None), ("divided_by", Lengths), ("floor", None), ("format", None), ("is_number", None), ("minus", Lengths),
            ("modulo", Lengths), ("plus", Lengths), ("round", None), ("times", Lengths),
        ]),
        ("object", With(new ObjectFunctions(), ("format", TextFunctions.FormatObject), ("to_json", TemplateJson.Write)),
        [
            ("default", None), ("format", None), ("has_key", Elements), ("has_value", Elements), ("keys", Elements), ("size", Elements),
            ("to_json", Lengths), ("typeof", None), ("values", Elements),
        ]),
        ("regex", With(
            new RegexFunctions(),
            ("escape", ExpressionFunctions.Escape),
            ("match", ExpressionFunctions.Match),
            ("matches", ExpressionFunctions.Matches),
            ("replace", ExpressionFunctions.Replace),
            ("split", ExpressionFunctions.Split),
            ("unescape", ExpressionFunctions.Unescape)),
        [
            ("escape", Lengths), ("match", Expression), ("matches", Expression), ("replace", Expression), ("split", Expression),
            ("unescape", Lengths),
        ]),
        ("string", With(
            new StringFunctions(),
            ("base64_encode", TextFunctions.Base64Encode),
            ("escape", TextFunctions.Escape),
            ("replace", TextFunctions.Replace),
            ("split", TextFunctions.Split),
            ("strip_newlines", TextFunctions.StripNewlines),
            ("truncatewords", TextFunctions.Truncatewords)),
        [
            ("append", Lengths), ("base64_decode", Lengths), ("base64_encode", Lengths), ("capitalize", Lengths), ("capitalizewords", Lengths),
            ("contains", Search), ("downcase", Lengths), ("empty", None), ("ends_with", Lengths), ("equals_ignore_case", Lengths),
            ("escape", Lengths), ("handleize", Lengths), ("index_of", SearchIgnoringCase), ("lstrip", Lengths), ("pad_left", Padding),
            ("pad_right", Padding), ("pluralize", None), ("prepend", Lengths), ("remove", Search), ("remove_first", SearchIgnoringCase),
            ("remove_last", SearchIgnoringCase), ("replace", Search), ("replace_first", SearchIgnoringCase), ("rstrip", Lengths),
            ("sha256", Lengths), ("size", None), ("slice", None), ("split", Search), ("starts_with", Lengths), ("strip", Lengths),
            ("strip_newlines", Lengths), ("to_double", Lengths), ("to_int", Lengths), ("to_long", Lengths), ("truncate", Lengths),
            ("truncatewords", Lengths), ("upcase", Lengths), ("whitespace", Lengths),
        ]),
    ];

    /// <summary>All of them, read-only throughout: it is shared by all renderings.</summary>
    public static readonly ScriptObject Shared = Create();

    /// <summary>Their full names (<c>string.upcase</c>), in order.</summary>
    public static IEnumerable<string> Names => Allowed.SelectMany(group => group.Members.Select(member => $"{group.Name}.{member.Name}"));

    private static ScriptObject With(ScriptObject functions, params (string Name, Delegate Function)[] replaced)
    {
        foreach (var (name, function) in replaced)
        {
            functions.Remove(name);
            functions.Import(name, function);
        }

        return functions;
    }

    private static ScriptObject Create()
    {
        var all = new ScriptObject();
        foreach (var (name, from, members) in Allowed)
        {
            var group = new ScriptObject();
            foreach (var (member, cost) in members)
            {
                var function = new BoundedFunction($"{name}.{member}", (IScriptCustomFunction)from[member]!, cost);
                group.SetValue(member, function, readOnly: true);
            }

            group.IsReadOnly = true;
            all.SetValue(name, group, readOnly: true);
        }

        all.SetValue("empty", EmptyScriptObject.Default, readOnly: true);
        all.IsReadOnly = true;
        return all;
    }
}
