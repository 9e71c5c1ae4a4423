using System.Globalization;
using System.Text;
using System.Text.Json;
using Prism.Grains.Templates;

namespace Prism.Tests.Templates;

/// <summary>What goes in comes out.</summary>
public sealed class TemplateValuesTests
{
    private readonly TemplateEngine _engine = new(new TemplateOptions { Deadline = TimeSpan.FromHours(1) }, TimeProvider.System);

    [Fact]
    public void Any_text_comes_out_as_it_went_in()
    {
        var random = new Random(20260101);
        var template = Compile("<{{ text }}>\n{{ for item in list }}[{{ item }}]{{ end }}{{ person.name }}");
        for (var round = 0; round < 2_000; round++)
        {
            string[] list = [.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomText(random))];
            var (text, name) = (RandomText(random), RandomText(random));

            var result = _engine.Render(template, JsonVariables.Of(new { text, list, person = new { name } }), default);

            Assert.Equal($"<{text}>\n{string.Concat(list.Select(item => $"[{item}]"))}{name}", result.Text);
        }
    }

    [Fact]
    public void Any_number_comes_out_with_its_value()
    {
        var random = new Random(20260102);
        var template = Compile("{{ whole }} {{ fraction }}");
        for (var round = 0; round < 2_000; round++)
        {
            var whole = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            var fraction = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-300, 300));

            var printed = _engine.Render(template, JsonVariables.Of(new { whole, fraction }), default).Text!.Split(' ');

            Assert.Equal(whole.ToString(CultureInfo.InvariantCulture), printed[0]);
            Assert.Equal(fraction, double.Parse(printed[1], CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Any_value_comes_out_of_to_json_as_it_went_in()
    {
        var random = new Random(20260103);
        var template = Compile("{{ value | object.to_json }}");
        for (var round = 0; round < 500; round++)
        {
            var value = JsonSerializer.SerializeToElement(RandomValue(random, depth: 4));

            var printed = _engine.Render(template, [new("value", value)], default);

            Assert.Null(printed.Error?.Message);
            Assert.True(JsonElement.DeepEquals(value, JsonElement.Parse(printed.Text!)), printed.Text);
        }
    }

    [Fact]
    public void One_compiled_template_is_rendered_in_parallel()
    {
        var template = Compile(
            "{{ func shout(x); ret x + '!'; end; total = 0; for n in numbers; total = total + n; end }}"
            + "{{ name | shout }} {{ total }} {{ numbers | array.join ',' }}");
        var results = new string?[1_000];

        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            results[i] = _engine.Render(template, JsonVariables.Of(new { name = $"n{i}", numbers = Enumerable.Range(i, 5) }), default).Text);

        Assert.All(results, (text, i) => Assert.Equal($"n{i}! {5 * i + 10} {string.Join(',', Enumerable.Range(i, 5))}", text));
    }

    [Fact]
    public void No_template_makes_the_engine_throw()
    {
        string[] pieces =
        [
            "{{", "}}", "{%{", "}%}", " ", "\n", "a", "text", "list", "person", "1", "0.5", "'x'", "\"y\"", "`z`",
            "$\"{text}\"", "|", "(", ")", "[", "]", "{", "}", "+", "-", "*", "/", "%", "==", "<", "&&", "||", "!", "??",
            "?", ":", ".", "..", ",", ";", "=", "+=", "++", "@", "$", "$0", "^", "#", "##", "{%", "%}", "if", "else",
            "end", "for", "in", "while", "func", "do", "ret", "case", "when", "capture", "wrap", "readonly", "break",
            "continue", "import", "with", "this", "null", "true", "empty", "string.", "array.", "object.", "regex.",
            "math.", "string.upcase", "array.size", "array.map", "object.format", "regex.replace", "math.round",
            "array.each", "for.index", "string.slice", "string.pad_left", "array.insert_at", "object.to_json", "€",
            "\ud83d"
        ];
        var random = new Random(20260104);
        var rendered = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var body = string.Join(random.Next(3) == 0 ? "" : " ", Enumerable.Range(0, random.Next(1, 9)).Select(_ => pieces[random.Next(pieces.Length)]));
            var compiled = _engine.Compile(random.Next(4) == 0 ? body : $"a {{{{ {body} }}}} b");
            if (compiled.Template is not { } template)
            {
                AssertPresentable(compiled.Error!.Message);
                continue;
            }

            var result = _engine.Render(template, JsonVariables.Of(new { text = "t", list = new[] { 1 }, person = new { name = "n" } }), default);
            AssertPresentable(result.Error?.Message ?? result.Text!);
            rendered += result.Text is null ? 0 : 1;
        }

        Assert.True(rendered > 500, $"Only {rendered} templates could be rendered: these pieces do not test much.");
    }

    private static void AssertPresentable(string text)
    {
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Scriban", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Script", text, StringComparison.Ordinal);
    }

    private static string RandomText(Random random)
    {
        string[] pieces =
        [
            "{{", "}}", "{%", "%}", "{#", "#}", "<b>", "&amp;", "'", "\"", "\\", "\r\n", "\n", "\t", "  ", "€", "é", "😀",
            "\0", "text", "$", "`", "-}}"
        ];
        var text = new StringBuilder();
        for (var length = random.Next(12); length > 0; length--)
        {
            text.Append(pieces[random.Next(pieces.Length)]);
        }

        return text.ToString();
    }

    private static object? RandomValue(Random random, int depth) => random.Next(depth == 0 ? 5 : 7) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(),
        3 => random.NextDouble(),
        4 => RandomText(random),
        5 => Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth - 1)).ToArray(),
        _ => Enumerable.Range(0, random.Next(4)).ToDictionary(i => $"{RandomText(random)}{i}", _ => RandomValue(random, depth - 1)),
    };

    private CompiledTemplate Compile(string template) => _engine.Compile(template).Template!;
}
