using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Templates;

namespace Prism.Tests.Templates;

/// <summary>What templates print, and how they say what is wrong with them.</summary>
public sealed class TemplateEngineTests
{
    private readonly TemplateEngine _engine = new(new TemplateOptions { Deadline = TimeSpan.FromHours(1) }, TimeProvider.System);

    [Theory]
    [InlineData("no variables at all", "no variables at all")]
    [InlineData("", "")]
    [InlineData("{{ text }}", "a\n  b\n")]
    [InlineData("   {{ text }}|", "   a\n  b\n|")]
    [InlineData("  - {{ text }}", "  - a\n  b\n")]
    [InlineData("{{ markup }}", "<b>&\"'é</b>")]
    [InlineData("{{ markup | html.escape }}", "&lt;b&gt;&amp;&quot;&#39;&#233;&lt;/b&gt;")]
    [InlineData("a\r\n{{ number }}\r\n", "a\r\n12\r\n")]
    [InlineData("a {{- number -}} b", "a12b")]
    [InlineData("{{ if yes ~}}\nyes\n{{ end ~}}\nend", "yes\nend")]
    [InlineData("{{ for x in list }}{{ for.index }}:{{ x }}{{ if !for.last }}, {{ end }}{{ end }}", "0:a, 1:b")]
    [InlineData("{{ list | array.join \"; \" | string.upcase }}", "A; B")]
    [InlineData("{{ list }} {{ $\"{list} {yes} {nothing}.\" }}", "[\"a\", \"b\"] [\"a\", \"b\"] true .")]
    [InlineData("{{ person.name }} {{ person[\"name\"] }} {{ person.tags[0] }}", "Ann Ann x")]
    [InlineData("{{ for entry in person }}{{ entry.key }} {{ end }}", "name tags ")]
    [InlineData("{{ person | object.to_json }}", "{\"name\":\"Ann\",\"tags\":[\"x\"]}")]
    [InlineData("{{ markup | object.to_json }}", "\"<b>&\\\"'é</b>\"")]
    [InlineData("{{ number }} {{ fraction }} {{ yes }} {{ nothing }}.", "12 0.1 true .")]
    [InlineData("{{ number + 1 }} {{ fraction * 2 }} {{ 7 / 2 }} {{ 7 // 2 }}", "13 0.2 3.5 3")]
    [InlineData("{{ nothing ?? 'none' }} {{ nothing | object.default 'none' }}", "none none")]
    [InlineData("{{ if 0 }}0{{ end }}{{ if '' }}text{{ end }}{{ if [] }}list{{ end }}{{ if nothing }}null{{ end }}", "0textlist")]
    [InlineData("{{ if list.size > 0 && text != '' }}some{{ end }}", "some")]
    [InlineData("a{{## a comment ##}}b", "ab")]
    [InlineData("{{ func twice(x) }}{{ x }}{{ x }}{{ end }}{{ twice number }}", "1212")]
    [InlineData("{{ (1..3).size }} {{ ('a,b' | string.split ',').size }} {{ (list + list).size }}", "3 2 4")]
    public void A_template_is_rendered_byte_for_byte(string template, string expected) => Assert.Equal(expected, Render(template));

    [Fact]
    public void A_value_is_data_and_never_read_as_a_template()
    {
        const string Hostile = "{{ 1 + 1 }} {%{ x }%} {% if %} {# c #} {{ include 'x' }} }}";

        Assert.Equal($"<{Hostile}>", RenderWith("<{{ text }}>", new { text = Hostile }));
        Assert.Equal($"[\"{Hostile}\"]", RenderWith("{{ list }}", new { list = new[] { Hostile } }));
    }

    [Theory]
    [InlineData("{%{ {% if x %} {# c #} {{ y }} }%}", " {% if x %} {# c #} {{ y }} ")]
    [InlineData("{{ '{% if x %} {# c #}' }}", "{% if x %} {# c #}")]
    [InlineData("## Title {#anchor}", "## Title {#anchor}")]
    [InlineData("100 {%} of 5 %", "100 {%} of 5 %")]
    public void What_only_looks_like_Jinja_is_text(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("a\n {% if x %}b{% endif %}", 2, 2, "{{ if … }}…{{ end }}")]
    [InlineData("{%- for x in xs -%}{{ x }}{%- endfor %}", 1, 1, "{{ for x in xs }}…{{ end }}")]
    [InlineData("one\ntwo\nthree {# note #}", 3, 7, "{{ ## … ## }}")]
    [InlineData("{{ x }} {# {{ y }} #}", 1, 9, "{{ ## … ## }}")]
    [InlineData("{% if x %}{{ x|join(',' }}{% endif %}", 1, 1, "{{ if … }}…{{ end }}")]
    [InlineData("{{ text | upper }}", 1, 11, "string.upcase")]
    [InlineData("{{ text | default('x') }}", 1, 11, "object.default")]
    [InlineData("{{ if a }}1{{ elif b }}2{{ end }}", 1, 15, "else if")]
    public void Jinja_is_refused_with_what_to_write_instead(string template, int line, int column, string instead)
    {
        var error = CompileError(template);

        Assert.StartsWith($"Line {line}, column {column} of the template:", error.Message, StringComparison.Ordinal);
        Assert.Contains(instead, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\n\n  {{ for x in xs }}{{ x }}", 3, 25, "<end> statement was not found")]
    [InlineData("a {{", 1, 3, "not closed")]
    [InlineData("{{ text }}\n {{ text", 2, 2, "not closed")]
    [InlineData("{{ text }", 1, 9, "Invalid")]
    [InlineData("a {%{ raw", 1, 3, "not closed")]
    [InlineData("{{ end }}", 1, 6, "without a corresponding beginning")]
    [InlineData("{{ text + }}", 1, 11, "Expecting an <expression>")]
    [InlineData("x\n{{ nothing_like_this text }}", 2, 4, "function 'nothing_like_this' does not exist")]
    [InlineData("{{ text | nothing_like_this }}", 1, 11, "function 'nothing_like_this' does not exist")]
    [InlineData("{{ this.text }}", 1, 4, "'this' is not available")]
    [InlineData("{{ with person }}{{ name }}{{ end }}", 1, 4, "'with' is not available")]
    [InlineData("{{ import person }}", 1, 4, "'import' is not available")]
    [InlineData("{{ person.name = 1 }}", 1, 4, "cannot be changed")]
    [InlineData("{{ list[0] = 1 }}", 1, 4, "cannot be changed")]
    [InlineData("{{ person.age++ }}", 1, 4, "cannot be changed")]
    [InlineData("{{ for person.name in list }}{{ end }}", 1, 8, "cannot be changed")]
    [InlineData("{{ capture person.name }}{{ end }}", 1, 12, "cannot be changed")]
    public void A_template_that_is_wrong_is_refused_with_the_place(string template, int line, int column, string reason)
    {
        var error = CompileError(template);

        Assert.StartsWith($"Line {line}, column {column} of the template:", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal("invalid_template", error.Code);
    }

    [Theory]
    [InlineData("x\n {{ person.age }}", 2, 12, "'age' reads a member that does not exist")]
    [InlineData("{{ list[7] }}", 1, 9, "'7' reads an element that does not exist")]
    [InlineData("{{ nothing.name }}", 1, 12, "'name' does not work on a value that is null")]
    [InlineData("{{ text - 1 }}", 1, 9, "'-' does not work with these values")]
    [InlineData("{{ text | math.round }}", 1, 4, "'text' does not work with these values")]
    [InlineData("{{ text | regex.match '(' }}", 1, 11, "'regex.match '('' is given an invalid regular expression")]
    [InlineData("{{ $local }}", 1, 4, "'$local' is not set")]
    public void A_rendering_that_fails_says_where_and_why(string template, int line, int column, string reason)
    {
        var error = RenderError(template);

        Assert.Equal($"Line {line}, column {column} of the template: {reason}.", error.Message);
        Assert.Equal(("template", "template_failed"), (error.Param, error.Code));
    }

    [Theory]
    [InlineData("our secret instructions {{ secret - 1 }}")]
    [InlineData("our secret instructions {{ secret | math.abs }}")]
    [InlineData("{{ secret / 2 }} our secret instructions")]
    [InlineData("{{ [secret] - 1 }}")]
    [InlineData("{{ { a: secret } - 1 }}")]
    [InlineData("{{ 1 + { a: secret } }}")]
    [InlineData("{{ secret | object.format 'x' }}")]
    [InlineData("{{ secret.b }}")]
    [InlineData("{{ secret[1000] }}")]
    [InlineData("our secret instructions{{ for i in secret }}our secret instructions{{ i.x }}{{ end }}")]
    [InlineData("{{ secret | regex.match secret }}{{ 1.x }}")]
    [InlineData("{{ list[secret] }}")]
    [InlineData("{{ person[secret] }}")]
    [InlineData("{{ 1 | math.format secret 'xx' }}")]
    [InlineData("{{ -secret }}")]
    [InlineData("{{ 1 * secret * secret }}")]
    public void An_error_quotes_neither_values_nor_the_text_around_expressions(string template)
    {
        var values = JsonVariables.Of(new { secret = "hunter2(", list = new[] { 1 }, person = new { name = "x" } });

        var error = _engine.Render(Compile(template), values, default).Error;

        Assert.NotNull(error);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("instructions", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Script", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_is_missing_is_named()
    {
        var error = RenderError("{{ if yes }}{{ no_such_variable }}{{ end }}");

        Assert.Equal(ChatErrorKind.InvalidRequest, error.Kind);
        Assert.Equal("Variable 'no_such_variable' is missing.", error.Message);
        Assert.Equal(("variables.no_such_variable", "missing_variable"), (error.Param, error.Code));
    }

    [Theory]
    [InlineData("{\"v\":123456789012345678901}", "whole number of more than 64 bits")]
    [InlineData("{\"v\":1e400}", "too large")]
    [InlineData("{\"v\":\"\\ud800\"}", "not valid Unicode")]
    [InlineData("{\"v\":{\"\\ud800\":1}}", "not valid Unicode")]
    public void A_variable_that_cannot_be_printed_as_it_is_is_refused(string variables, string reason)
    {
        var values = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(variables)!;

        var error = _engine.Render(Compile("{{ v }}"), values, default).Error;

        Assert.NotNull(error);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal("variables.v", error.Param);
    }

    [Theory]
    [InlineData("string")]
    [InlineData("array")]
    [InlineData("empty")]
    public void A_variable_cannot_take_the_name_of_a_part_of_the_language(string name)
    {
        var values = new Dictionary<string, JsonElement> { [name] = JsonElement.Parse("1") };

        var error = _engine.Render(Compile("text"), values, default).Error;

        Assert.Equal($"variables.{name}", error?.Param);
    }

    private static Dictionary<string, JsonElement> Sample() => JsonVariables.Of(new
    {
        text = "a\n  b\n",
        markup = "<b>&\"'é</b>",
        number = 12,
        fraction = 0.1,
        yes = true,
        nothing = (string?)null,
        list = new[] { "a", "b" },
        person = new { name = "Ann", tags = new[] { "x" } },
    });

    private CompiledTemplate Compile(string template)
    {
        var result = _engine.Compile(template);
        Assert.Null(result.Error?.Message);
        return result.Template!;
    }

    private ChatError CompileError(string template)
    {
        var result = _engine.Compile(template);
        Assert.NotNull(result.Error);
        Assert.Equal((ChatErrorKind.InvalidRequest, "template"), (result.Error.Kind, result.Error.Param));
        return result.Error;
    }

    private string Render(string template)
    {
        var result = _engine.Render(Compile(template), Sample(), default);
        Assert.Null(result.Error?.Message);
        return result.Text!;
    }

    private string RenderWith(string template, object values) => _engine.Render(Compile(template), JsonVariables.Of(values), default).Text!;

    private ChatError RenderError(string template)
    {
        var result = _engine.Render(Compile(template), Sample(), default);
        Assert.Null(result.Text);
        return result.Error!;
    }
}
