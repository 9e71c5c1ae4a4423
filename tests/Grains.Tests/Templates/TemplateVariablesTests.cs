using Prism.Grains.Templates;

namespace Prism.Tests.Templates;

/// <summary>Which variables a template needs from outside, as read from its text.</summary>
public sealed class TemplateVariablesTests
{
    private readonly TemplateEngine _engine = new(new TemplateOptions { Deadline = TimeSpan.FromHours(1) }, TimeProvider.System);

    [Theory]
    [InlineData("no variables", "")]
    [InlineData("{{ b }}{{ a }}{{ b }}", "b a")]
    [InlineData("{{ if a }}{{ b }}{{ else if c }}{{ d }}{{ else }}{{ e }}{{ end }}", "a b c d e")]
    [InlineData("{{ person.name }} {{ list[index] }}", "person list index")]
    [InlineData("{{ person['name'] }}", "person")]
    [InlineData("{{ text | string.upcase | string.replace from to }}", "text from to")]
    [InlineData("{{ string.replace text 'a' b }}", "text b")]
    [InlineData("{{ math.format number format: 'N2' culture: culture_name }}", "number culture_name")]
    [InlineData("{{ { name: a, 'key': b } }} {{ [c, 1] }}", "a b c")]
    [InlineData("{{ $\"{a} and {b | string.upcase}\" }}", "a b")]
    [InlineData("{{ a ?? b }} {{ c ? d : e }} {{ !f && g == -h }}", "a b c d e f g h")]
    [InlineData("{{ list == empty }}", "list")]
    [InlineData("{%{ {{ a }} }%} {{ '{{ b }}' }} {{ ## c ## }}", "")]
    public void What_is_read_is_needed(string template, string expected) => AssertVariables(template, expected);

    [Theory]
    [InlineData("{{ x = a }}{{ x }}", "a")]
    [InlineData("{{ x = x + 1 }}", "x")]
    [InlineData("{{ x += 1 }}", "x")]
    [InlineData("{{ x++ }}", "x")]
    [InlineData("{{ x }}{{ x = 1 }}", "x")]
    [InlineData("{{ capture x }}{{ a }}{{ end }}{{ x }}", "a")]
    [InlineData("{{ for x in xs }}{{ x }}{{ for.index }}{{ y }}{{ end }}", "xs y")]
    [InlineData("{{ for x in xs }}{{ end }}{{ x }}", "xs x")]
    [InlineData("{{ for x in x }}{{ x }}{{ end }}", "x")]
    [InlineData("{{ for x in xs limit: n }}{{ else }}{{ e }}{{ end }}", "xs n e")]
    [InlineData("{{ tablerow x in xs }}{{ x }}{{ end }}", "xs")]
    [InlineData("{{ while a }}{{ while.index }}{{ end }}", "a")]
    [InlineData("{{ $x = a }}{{ $x }}", "a")]
    [InlineData("{{ case a }}{{ when b }}{{ c }}{{ else }}{{ d }}{{ end }}", "a b c d")]
    public void What_the_template_sets_is_not(string template, string expected) => AssertVariables(template, expected);

    [Theory]
    [InlineData("{{ func f(x, y = 1, rest...) }}{{ x }}{{ y }}{{ rest }}{{ z }}{{ end }}{{ f a }}", "z a")]
    [InlineData("{{ func f }}{{ $0 }}{{ end }}{{ a | f }}{{ f b }}", "a b")]
    [InlineData("{{ f = do(x); ret x + y; end; f a }}", "y a")]
    [InlineData("{{ f = @string.upcase; a | f }}", "a")]
    [InlineData("{{ list | array.each do(x); ret x + y; end }}", "list y")]
    [InlineData("{{ list | array.each @string.upcase }}", "list")]
    [InlineData("{{ func even(n); ret n == 0 || odd(n - 1); end; func odd(n); ret n != 0 && even(n - 1); end; even a }}", "a")]
    public void Functions_and_their_parameters_are_not(string template, string expected) => AssertVariables(template, expected);

    private void AssertVariables(string template, string expected)
    {
        var result = _engine.Compile(template);
        Assert.Null(result.Error?.Message);
        Assert.Equal(expected, string.Join(' ', result.Template!.Variables));
    }
}
