using Scriban.Functions;
using Scriban.Runtime;

namespace Prism.Templates;

/// <summary>
/// The functions that a template may call. An allow-list, so that what a new version of Scriban brings is not let in unread. Left out is
/// what reaches outside (<c>include</c>), what parses values as templates (<c>object.eval</c>), and what makes two renderings differ
/// (<c>date</c>, <c>math.random</c>, <c>math.uuid</c>).
/// </summary>
internal static class TemplateFunctions
{
    private static readonly (string Name, ScriptObject From, string[] Members)[] Allowed =
    [
        ("array", new ArrayFunctions(), [
            "add", "add_range", "any", "compact", "concat", "contains", "cycle", "each", "filter", "first", "insert_at", "join", "last",
            "limit", "map", "offset", "remove_at", "reverse", "size", "sort", "uniq"]),
        ("html", new HtmlFunctions(), ["escape", "strip", "url_encode", "url_escape"]),
        ("math", new MathFunctions(), [
            "abs", "ceil", "divided_by", "floor", "format", "is_number", "minus", "modulo", "plus", "round", "times"]),
        ("object", CreateObjectFunctions(), [
            "default", "format", "has_key", "has_value", "keys", "size", "to_json", "typeof", "values"]),
        ("regex", new RegexFunctions(), ["escape", "match", "matches", "replace", "split", "unescape"]),
        ("string", new StringFunctions(), [
            "append", "base64_decode", "base64_encode", "capitalize", "capitalizewords", "contains", "downcase", "empty", "ends_with",
            "equals_ignore_case", "escape", "handleize", "index_of", "lstrip", "pad_left", "pad_right", "pluralize", "prepend", "remove",
            "remove_first", "remove_last", "replace", "replace_first", "rstrip", "sha256", "size", "slice", "split", "starts_with", "strip",
            "strip_newlines", "to_double", "to_int", "to_long", "truncate", "truncatewords", "upcase", "whitespace"]),
    ];

    /// <summary>All of them, read-only throughout: it is shared by all renderings.</summary>
    public static readonly ScriptObject Shared = Create();

    /// <summary>Their full names (<c>string.upcase</c>), in order.</summary>
    public static IEnumerable<string> Names => Allowed.SelectMany(group => group.Members.Select(member => $"{group.Name}.{member}"));

    private static ObjectFunctions CreateObjectFunctions()
    {
        var functions = new ObjectFunctions();
        functions.Remove("to_json");
        functions.Import("to_json", TemplateJson.Write);
        return functions;
    }

    private static ScriptObject Create()
    {
        var all = new ScriptObject();
        foreach (var (name, from, members) in Allowed)
        {
            var group = new ScriptObject();
            foreach (var member in members)
            {
                group.SetValue(member, from[member], readOnly: true);
            }

            group.IsReadOnly = true;
            all.SetValue(name, group, readOnly: true);
        }

        all.SetValue("empty", EmptyScriptObject.Default, readOnly: true);
        all.IsReadOnly = true;
        return all;
    }
}
