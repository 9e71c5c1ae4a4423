using System.Text.Json;
using Prism.Grains.Templates;
using Scriban.Runtime;

namespace Prism.Tests.Templates;

/// <summary>No function takes more than its share, whatever its arguments. The clock decides nothing here: each ends by what it does.</summary>
[Collection(nameof(LargeValues))]
public sealed class TemplateFunctionsTests
{
    // Only what hangs gets here.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly TemplateOptions Options = new() { Deadline = TimeSpan.FromHours(1), RegexTimeout = TimeSpan.FromMilliseconds(500) };

    private readonly TemplateEngine _engine = new(Options, TimeProvider.System);

    private static readonly string[] GroupNames = ["array", "html", "math", "object", "regex", "string"];

    public static TheoryData<string> Groups => [.. GroupNames];

    [Fact]
    public void Every_function_is_tried_and_none_is_reachable_without_its_price()
    {
        var exposed = TemplateFunctions.Shared.Where(one => one.Value is ScriptObject)
            .SelectMany(group => ((ScriptObject)group.Value!).Select(member => ($"{group.Key}.{member.Key}", member.Value))).ToList();

        Assert.Equal(exposed.Select(one => one.Item1).Order(StringComparer.Ordinal), HostileCalls.All.Keys.Order(StringComparer.Ordinal));
        Assert.All(exposed, one => Assert.Equal(one.Item1, Assert.IsType<BoundedFunction>(one.Value).Name));
        Assert.Equal(GroupNames, exposed.Select(one => one.Item1.Split('.')[0]).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task No_call_takes_more_than_its_share(string group)
    {
        var calls = HostileCalls.All.Where(one => one.Key.StartsWith(group + ".", StringComparison.Ordinal))
            .SelectMany(one => one.Value.Select(call => (Function: one.Key, Call: call)));

        await Task.Run(() => Assert.All(calls, one => Try(one.Function, one.Call))).WaitAsync(Patience);
    }

    [Theory]
    [InlineData("x = string.contains longest 'b'")]
    [InlineData("x = longest == half")]
    [InlineData("x = texts == texts")]
    [InlineData("x = '' + texts")]
    [InlineData("x = '' == texts")]
    [InlineData("x = array.contains texts 'y'")]
    [InlineData("x = objects | array.map 'none'")]
    [InlineData("x = texts | array.first | string.sha256")]
    [InlineData("case texts; when 'a'; end")]
    [InlineData("y = texts; y += [1]; y = y")]
    [InlineData("x = string.index_of longest 'b'")]
    [InlineData("x = regex.match longest 'b'")]
    [InlineData("x = regex.replace '' 'b' 'c'; x = string.slice words 0 100000")]
    public void What_a_function_may_do_once_cannot_be_done_over_and_over(string body)
    {
        // Each loop is within its limit of rounds.
        var loops = string.Concat(Enumerable.Repeat($"for i in 1..9999; {body}; end;", 100));

        var (error, allocated) = Render($"{{{{ {loops} }}}}");

        Assert.Equal("template_limit_exceeded", error?.Code);
        Assert.InRange(allocated, 0, 2 * Options.MaxAllocatedBytes);
    }

    [Theory]
    [InlineData("array.each [[[1]]] @array.reverse", "a")]
    [InlineData("array.each a @array.each", "a")]
    public void What_functions_make_of_elements_does_not_overflow_the_stack(string growth, string start)
    {
        // Left lazy, each round would wrap what the one before has made.
        var loops = string.Concat(Enumerable.Repeat($"for i in 1..4000; a = {growth.Replace("[[[1]]]", start, StringComparison.Ordinal)}; end;", 10));

        var (error, _) = Render($"{{{{ a = [[1]]; {loops} a }}}}");

        Assert.True(error is null or { Code: "template_limit_exceeded" or "template_failed" });
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("0.5")]
    public void Values_are_a_part_of_the_memory_and_the_work_of_a_rendering(string element)
    {
        var values = JsonElement.Parse($"[{string.Join(',', Enumerable.Repeat(element, 1_300_000))}]");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = _engine.Render(_engine.Compile("{{ x = many }}").Template!, [new("many", values)], default).Error;

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * Options.MaxAllocatedBytes);
        if (element != "0.5")
        {
            Assert.Equal(("variables.many", "template_limit_exceeded"), (error?.Param, error?.Code));
        }
    }

    [Fact]
    public void A_limit_is_named_with_the_function_that_meets_it()
    {
        var (error, _) = Render("{{ object.format 1 zeros }}");

        Assert.Equal(
            ("template", "Line 1, column 4 of the template: 'object.format 1 zeros' is given a format of more than 100 characters in object.format."),
            (error!.Param, error.Message));
    }

    [Theory]
    [InlineData("'a,,b,' | string.split ','", "[\"a\", \"b\"]")]
    [InlineData("'abc' | string.split ''", "[\"abc\"]")]
    [InlineData("'a-b-a' | string.replace 'a' 'xyz'", "xyz-b-xyz")]
    [InlineData("' one  two three' | string.truncatewords 3", " one two...")]
    [InlineData("'one' | string.truncatewords 3", "one...")]
    [InlineData("'a\\r\\nb\\rc' | string.strip_newlines", "abc")]
    [InlineData("'2024-05' | regex.match '(\\\\d+)-(\\\\d+)'", "[\"2024-05\", \"2024\", \"05\"]")]
    [InlineData("'a1b22' | regex.matches '[a-z](\\\\d+)'", "[[\"a1\", \"1\"], [\"b22\", \"22\"]]")]
    [InlineData("'a1b22' | regex.replace '(\\\\d+)' '<$1$$>'", "a<1$>b<22$>")]
    [InlineData("'aXbxc' | regex.split 'x' 'i'", "[\"a\", \"b\", \"c\"]")]
    [InlineData("'a1b' | regex.split '(\\\\d)'", "[\"a\", \"1\", \"b\"]")]
    [InlineData("'none' | regex.replace 'x' 'y'", "none")]
    [InlineData("'<p class=\"a>b\">x<br/>y</p><!-- <z> --><SCRIPT>1<2</script>z' | html.strip", "xyz")]
    [InlineData("'1 < 2 and 3' | html.strip", "1 < 2 and 3")]
    [InlineData("'<é&>' | html.escape", "&lt;&#233;&amp;&gt;")]
    [InlineData("1234.5 | math.format 'N2'", "1,234.50")]
    [InlineData("'€' | string.base64_encode", "4oKs")]
    public void A_function_that_is_replaced_does_what_it_did(string expression, string text)
    {
        var result = _engine.Render(_engine.Compile($"{{{{ {expression} }}}}").Template!, [], default);

        Assert.Equal((text, null), (result.Text, result.Error?.Message));
    }

    [Fact]
    public void Texts_that_are_mapped_piece_by_piece_keep_their_characters()
    {
        // The halves of characters come to lie on both sides of where pieces end.
        var text = "x" + string.Concat(Enumerable.Repeat("\U0001F600", 5_000));
        var template = _engine.Compile("{{ html.url_encode text }} {{ html.escape text }} {{ string.escape text }} {{ object.to_json text }}").Template!;

        var result = _engine.Render(template, JsonVariables.Of(new { text }), default);

        Assert.Equal(
            $"{Uri.EscapeDataString(text)} {System.Net.WebUtility.HtmlEncode(text)} {text} \"{text}\"",
            result.Text!.Replace("\\uD83D\\uDE00", "\U0001F600", StringComparison.Ordinal));
    }

    private void Try(string function, string call)
    {
        var mustBeRefused = call.StartsWith('!');
        var (error, allocated) = Render($"{{{{ x = {function} {call.TrimStart('!')} }}}}");

        Assert.True(allocated <= 2 * Options.MaxAllocatedBytes, $"{allocated:N0} bytes");
        if (error is not null)
        {
            Assert.Equal(("template", true), (error.Param, error.Code is "template_limit_exceeded" or "template_failed"));
        }

        if (mustBeRefused)
        {
            Assert.Equal("template_limit_exceeded", error?.Code);
            Assert.Matches($"({function}|\\+|\\*)", error!.Message);
            Assert.Matches(@"\d", error.Message[(error.Message.LastIndexOf('\'') + 1)..]);
        }
    }

    private (Prism.Grains.Interfaces.Chat.ChatError? Error, long Allocated) Render(string source)
    {
        var compiled = _engine.Compile(source);
        Assert.Null(compiled.Error?.Message);
        var values = compiled.Template!.Variables.Select(name => KeyValuePair.Create(name, HostileCalls.Values[name])).ToList();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = _engine.Render(compiled.Template, values, default);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        LargeValues.Collect();
        return (result.Error, allocated);
    }
}
