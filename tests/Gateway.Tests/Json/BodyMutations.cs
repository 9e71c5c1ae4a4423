using System.Text;
using System.Text.Json;

namespace Prism.Tests.Json;

/// <summary>A body with something wrong at one place.</summary>
/// <param name="Name">What was done, and where.</param>
/// <param name="Path">The field it was done to, as errors name it; null: the body itself.</param>
/// <param name="Body">The bytes.</param>
internal sealed record BodyMutation(string Name, string? Path, byte[] Body)
{
    /// <summary>Whether an error may name that field for this mutation: the field itself, one that it is part of, or one that was put into it.</summary>
    public bool MayName(string? param) => param is null || Path is null || param == Path || Begins(Path, param) || Begins(param, Path);

    private static bool Begins(string path, string with) => path.StartsWith(with, StringComparison.Ordinal) && path[with.Length] is '.' or '[';
}

/// <summary>
/// Everything that can be wrong with a body, place by place: each field and each element missing, null, of every other type, out of range, too deep,
/// twice, unknown, broken off, and with text that is not Unicode.
/// </summary>
internal static class BodyMutations
{
    // Becomes a byte that no UTF-8 has.
    private const char BrokenByte = '\uE000';

    private static readonly (string Name, string Value)[] Values =
    [
        ("null", "null"), ("true", "true"), ("five", "5"), ("negative", "-1"), ("fraction", "1.5"), ("large", "99999999999"),
        ("huge", "123456789012345678901234567890123456789"), ("infinite", "1e999"), ("empty text", "\"\""), ("text", "\"text\""),
        ("date", "\"2030-12-31T23:59:59Z\""), ("half a pair", "\"a\\ud800\""), ("broken byte", $"\"a{BrokenByte}\""), ("escaped", "\"\\u0041\\\"\\n\""),
        ("empty list", "[]"), ("list of null", "[null]"), ("list of texts", "[\"a\",\"b\"]"), ("mixed list", "[\"a\",{}]"), ("list of lists", "[[{}]]"),
        ("half a pair in a list", "[\"a\\ud800\"]"), ("empty object", "{}"), ("object", "{\"a\":{\"b\":1}}"), ("twice inside", "{\"a\":1,\"\\u0061\":2}"),
        ("twice far inside", "[{\"a\":[{\"b\":1,\"b\":2}]}]"), ("half a pair as a name", "{\"\\udc00\":1}"), ("broken byte as a name", $"{{\"{BrokenByte}\":1}}"),
        ("too deep", new string('[', 40) + new string(']', 40)), ("too deep objects", string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40)),
        ("no literal", "tru"), ("no number", "01"), ("open text", "\"a"), ("open list", "[1"), ("control character", "\"a\u0001\""), ("a comma too many", "[1,]"),
        ("nothing", ""), ("comment", "/* a */1"),
    ];

    /// <param name="json">A body that is right, in ASCII.</param>
    public static IEnumerable<BodyMutation> Of(string json)
    {
        foreach (var field in FindFields(json))
        {
            foreach (var (name, value) in Values)
            {
                yield return Make(name, field.Path, json, field.Value, value);
            }

            foreach (var mutation in field.NameStart is { } start ? OfProperty(json, field, start) : [])
            {
                yield return mutation;
            }
        }

        yield return Make("twice the body", null, json, ^0.., json);
        yield return Make("cut", null, json, ^1.., "");
        foreach (var (name, value) in Values)
        {
            yield return Make($"{name} alone", null, json, .., value);
        }
    }

    private static IEnumerable<BodyMutation> OfProperty(string json, Field field, int start)
    {
        var property = json[start..field.Value.End.Value];
        var escaped = $"\"\\u{(int)property[1]:x4}{property[2..]}";
        var parent = field.Path[..^Math.Min(field.Path.Length, field.Name!.Length + 1)];
        yield return Make("twice", field.Path, json, start..start, property + ",");
        yield return Make("twice, once escaped", field.Path, json, start..start, escaped + ",");
        yield return Make("an unknown one before", parent is "" ? "no_such" : parent + ".no_such", json, start..start, "\"no_such\":1,");
        yield return Make("half a pair as a name before", parent is "" ? null : parent, json, start..start, "\"\\ud800\":1,");
        yield return Make("broken byte as a name before", parent is "" ? null : parent, json, start..start, $"\"{BrokenByte}\":1,");
        yield return Make("cut before", null, json, start.., "");
        var end = field.Value.End.Value;
        // With the comma that goes with it.
        yield return Make(
            "missing", field.Path, json, json[end] == ',' ? start..(end + 1) : json[start - 1] == ',' ? (start - 1)..end : start..end, "");
    }

    private static BodyMutation Make(string name, string? path, string json, Range range, string with)
    {
        var (start, length) = range.GetOffsetAndLength(json.Length);
        var text = json[..start] + with + json[(start + length)..];
        var bytes = text.Split(BrokenByte).SelectMany((part, index) => index == 0 ? Encoding.UTF8.GetBytes(part) : [0xff, .. Encoding.UTF8.GetBytes(part)]);
        return new($"{path}: {name}", path, [.. bytes]);
    }

    private static List<Field> FindFields(string json)
    {
        var fields = new List<Field>();
        var reader = new Utf8JsonReader(Encoding.ASCII.GetBytes(json));
        reader.Read();
        FindFields(ref reader, "", fields);
        return fields;
    }

    private static void FindFields(ref Utf8JsonReader reader, string path, List<Field> fields)
    {
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        for (var index = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); index++)
        {
            var (name, nameStart) = (isObject ? reader.GetString() : null, isObject ? (int?)reader.TokenStartIndex : null);
            if (isObject)
            {
                reader.Read();
            }

            var at = name is null ? $"{path}[{index}]" : path.Length == 0 ? name : $"{path}.{name}";
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                FindFields(ref reader, at, fields);
            }

            fields.Add(new(at, name, nameStart, start..(int)reader.BytesConsumed));
        }
    }

    private sealed record Field(string Path, string? Name, int? NameStart, Range Value);
}

/// <summary>For each endpoint that takes a body, one with every field that it may have.</summary>
internal static class RightBodies
{
    public const string Chat =
        """
        {"model":"echo-v1","messages":[{"role":"system","content":"a","name":"n"},{"role":"user","content":[{"type":"text","text":"b"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk=","detail":"low","x":1},"y":[{"z":1}]}]},{"role":"assistant","tool_calls":
        [{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}],"reasoning_content":"r"},
        {"role":"tool","content":"d","tool_call_id":"c"}],"temperature":1,"top_p":1,"max_tokens":5,"max_completion_tokens":5,"stop":["x"],"n":1,"seed":1,
        "frequency_penalty":0,"presence_penalty":0,"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},
        "strict":false}}],"tool_choice":"auto","parallel_tool_calls":true,"response_format":{"type":"text"},"reasoning_effort":"low","user":"u",
        "stream":false,"stream_options":{"include_usage":true},"template":"summarize","variables":{"text":"t"},"fallbacks":["echo"],"(provider)":{"a":"b"},
        "other":{"a":[{"b":"c"}]}}
        """;

    public const string Run =
        """
        {"steps":[{"name":"one","output_key":"a","template":"t {{ x }}","system":"s","provider":"echo","model":"echo-v1","temperature":1,"max_tokens":5,
        "response_format":{"type":"text"},"when":"x","for_each":"[x]","retry":{"attempts":1,"backoff_seconds":0},"timeout_seconds":5,"on_error":"fail"},
        {"output_key":"b","template_name":"summarize"}],"inputs":{"x":"y","text":{"z":[1]}},"max_parallel":1,"wait":0,"stream":false}
        """;

    public const string Chain =
        """
        {"name":"c","description":"d","variables":["x"],"steps":[{"output_key":"a","template":"t {{ x }}","temperature":1,"timeout_seconds":5,"retry":{"attempts":1,"backoff_seconds":0}}],"inputs":{"y":"z"},
        "max_parallel":1,"version":1}
        """;

    public const string Template =
        """{"name":"t","template":"a {{ x }}","role":"user","description":"d","variables":[{"name":"x","description":"d","default":"e"}],"version":1}""";

    public const string Render = """{"variables":{"text":"a","words":[{"b":1}]}}""";

    public const string Key =
        """
        {"name":"k","providers":["echo"],"models":["echo-v1"],"scopes":["chat"],"requests_per_minute":1,"tokens_per_minute":1,"tokens_per_day":1,
        "tokens_per_month":1,"budget_usd_per_month":1.5,"max_concurrency":1,"expires_at":"2999-12-31T23:59:59Z"}
        """;
}
