using System.Diagnostics;
using System.Text.Json;
using Prism.Grains.Templates;

namespace Prism.Tests.Templates;

/// <summary>What a template must not be able to do: reach outside, run on, use up memory, take the process down.</summary>
[Collection(nameof(LargeValues))]
public sealed class TemplateSandboxTests : IDisposable
{
    // The deadline is out of reach: what ends a rendering here is the limit that the test is about.
    private readonly TemplateEngine _engine = new(new TemplateOptions { Deadline = TimeSpan.FromHours(1) }, TimeProvider.System);

    public void Dispose() => LargeValues.Collect();

    [Theory]
    [InlineData("{{ include 'secrets' }}")]
    [InlineData("{{ include_join ['a'] ',' }}")]
    [InlineData("{{ 'a' | include }}")]
    [InlineData("{{ import person }}")]
    [InlineData("{{ this }}")]
    [InlineData("{{ '1 + 1' | object.eval }}")]
    [InlineData("{{ object.eval '1 + 1' }}")]
    [InlineData("{{ object['eval'] '1 + 1' }}")]
    [InlineData("{{ '{{ 1 + 1 }}' | object.eval_template }}")]
    [InlineData("{{ '1' | object.from_json }}")]
    [InlineData("{{ date.now }}")]
    [InlineData("{{ date.parse '2020-01-01' }}")]
    [InlineData("{{ math.random 1 2 }}")]
    [InlineData("{{ math.uuid }}")]
    [InlineData("{{ timespan.zero }}")]
    [InlineData("{{ \"\".GetType }}")]
    [InlineData("{{ text.get_type }}")]
    [InlineData("{{ text.Length }}")]
    [InlineData("{{ number.GetType }}")]
    [InlineData("{{ list.Capacity }}")]
    [InlineData("{{ person.Store }}")]
    [InlineData("{{ (1..3).GetType }}")]
    [InlineData("{{ func f }}{{ end }}{{ (@f).parameter_count }}")]
    [InlineData("{{ (@string.upcase).method }}")]
    [InlineData("{{ for x in list }}{{ for.get_type }}{{ end }}")]
    public void A_template_cannot_reach_outside(string template) => Assert.NotNull(Run(template).Error);

    [Theory]
    [InlineData("{{ while true }}{{ end }}")]
    [InlineData("{{ while true; x = 1; end }}")]
    [InlineData("{{ for i in 1..1000 }}{{ for j in 1..1000 }}{{ end }}{{ end }}")]
    [InlineData("{{ for i in 1..1000000000 }}{{ end }}")]
    [InlineData("{{ 1..1000000000 }}")]
    [InlineData("{{ (1..1000000000) | array.size }}")]
    [InlineData("{{ (1..1000000000) | array.join ',' }}")]
    [InlineData("{{ (1..1000000000) | array.sort }}")]
    [InlineData("{{ (1..1000000000) | object.to_json }}")]
    [InlineData("{{ [1] * 1000000000 }}")]
    [InlineData("{{ 'ab' * 1000000000 }}")]
    [InlineData("{{ 'a' | string.pad_left 1000000000 }}")]
    [InlineData("{{ 1 | object.format 'D999999999' }}")]
    [InlineData("{{ 1 | math.format 'N999999999' }}")]
    [InlineData("{{ s = 'ab'; for i in 1..60; s = s + s; end }}")]
    [InlineData("{{ s = 'ab'; for i in 1..60; s = $'{s}{s}'; end }}")]
    [InlineData("{{ s = '&'; for i in 1..1000; s = (s + s) | html.escape; end }}")]
    [InlineData("{{ s = 'ab' | string.pad_left 4000000; t = [s, s] }}")]
    [InlineData("{{ s = 'ab' | string.pad_left 3000000 }}{{ s }}{{ s }}")]
    [InlineData("{{ a = [1]; for i in 1..60; a = array.concat a a; end }}")]
    [InlineData("{{ a = [1]; for i in 1..60; a = a + a; end }}")]
    [InlineData("{{ a = 1; for i in 1..60; a = [a, a]; end; a == 1 }}")]
    [InlineData("{{ a = 1; for i in 1..60; a = { x: a, y: a }; end; a - 1 }}")]
    [InlineData("{{ x = 10; for i in 1..60; x = x * x; end }}")]
    [InlineData("{{ x = 10; for i in 1..60; x *= x; end; x }}")]
    [InlineData("{{ 1 << 1000000 }}")]
    [InlineData("{{ func f(x); f(x + 1); end; f(0) }}")]
    [InlineData("{{ g = do; ret g + 1; end; g }}")]
    [InlineData("{{ repetitive | regex.match '^(a+)+$' }}")]
    [InlineData("{{ for i in 1..9999; x = (1..9999) | array.join ','; end }}")]
    public void A_template_cannot_take_what_it_likes(string template)
    {
        var error = Run(template).Error;

        Assert.NotNull(error);
        Assert.Equal(("template", "template_limit_exceeded"), (error.Param, error.Code));
    }

    [Theory]
    [InlineData("a + [1]")]
    [InlineData("array.concat a []")]
    [InlineData("array.compact a")]
    [InlineData("array.each a @string.upcase")]
    [InlineData("array.filter a @string.empty")]
    [InlineData("array.limit a 1")]
    [InlineData("array.offset a 0")]
    [InlineData("array.uniq a")]
    [InlineData("array.reverse a")]
    [InlineData("[a]")]
    [InlineData("{ x: a }")]
    [InlineData("array.add [] a")]
    [InlineData("array.insert_at [] 0 a")]
    public void What_grows_round_by_round_does_not_overflow_the_stack(string growth)
    {
        // Each loop has its own budget of rounds. Left lazy, the reversed list alone would end the test run.
        var loops = string.Concat(Enumerable.Repeat($"for i in 1..4000; a = {growth}; end;", 10));

        var result = Run($"{{{{ a = [1]; {loops} a | array.size; a == [1]; a - 1; a | object.to_json; a }}}}");

        Assert.NotNull(result.Error);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{a:", "}")]
    [InlineData("!", "")]
    [InlineData("-", "")]
    [InlineData("1+", "")]
    [InlineData("'a'|string.append ", "")]
    [InlineData("$'{", "}'")]
    public void An_expression_that_is_nested_very_deep_is_refused(string open, string close) =>
        AssertRefused("{{ " + Repeat(open) + "1" + Repeat(close) + " }}");

    [Theory]
    [InlineData("{{ x", ".x", " }}")]
    [InlineData("{{ x", "[0]", " }}")]
    [InlineData("{{ x", "|object.size", " }}")]
    [InlineData("", "{{ if true }}", "")]
    [InlineData("", "{{ for x in xs }}", "")]
    [InlineData("{{ if x }}", "{{ else if x }}", "{{ end }}")]
    [InlineData("{{ ", "func f;", "}}")]
    public void A_template_that_is_nested_very_deep_is_refused(string head, string middle, string tail) =>
        AssertRefused(head + Repeat(middle) + tail);

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void A_variable_that_is_nested_too_deep_is_refused(string open, string close)
    {
        string Nest(int depth) => string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
        var template = _engine.Compile("{{ deep }}").Template!;

        var deepest = _engine.Render(template, [new("deep", JsonElement.Parse(Nest(32)))], default);
        var tooDeep = _engine.Render(template, [new("deep", JsonElement.Parse(Nest(33)))], default);

        Assert.Null(deepest.Error?.Message);
        Assert.Equal(("variables.deep", "Variable 'deep' is nested too deep."), (tooDeep.Error?.Param, tooDeep.Error?.Message));
    }

    [Fact]
    public void A_rendering_ends_at_its_deadline()
    {
        var time = new SteppingTime(TimeSpan.FromMilliseconds(1));
        var engine = new TemplateEngine(new TemplateOptions { Deadline = TimeSpan.FromMilliseconds(250) }, time);
        // Each loop is within its limit; all of them would take 100,000,000 rounds.
        var template = engine.Compile(string.Concat(Enumerable.Repeat("{{ for i in 1..9999 }}{{ end }}", 1000))).Template!;

        var error = engine.Render(template, [], default).Error;

        Assert.Equal("template_limit_exceeded", error?.Code);
        Assert.EndsWith("takes longer than 250 ms.", error?.Message, StringComparison.Ordinal);
        Assert.InRange(time.Readings, 250, 260);
    }

    [Fact]
    public void A_run_bears_a_machine_that_stands_still_and_not_for_ever()
    {
        var engine = new TemplateEngine(new TemplateOptions { Deadline = TimeSpan.FromMilliseconds(250) }, new SteppingTime(TimeSpan.FromMilliseconds(60)));
        var template = engine.Compile("{{ 1 + 2 }}").Template!;
        var longer = engine.Compile("{{ for i in 1..99 }}{{ i }}{{ end }}").Template!;

        Assert.Equal("template_limit_exceeded", engine.Render(template, [], default).Error?.Code);
        Assert.Equal("3", engine.Patient.Render(template, [], default).Text);
        Assert.EndsWith("takes longer than 1000 ms.", engine.Patient.Render(longer, [], default).Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rendering_ends_when_the_caller_leaves()
    {
        using var leaving = new CancellationTokenSource();
        var engine = new TemplateEngine(new TemplateOptions(), new SteppingTime(TimeSpan.Zero) { OnReading = readings => CancelAt(100, readings, leaving) });
        var template = engine.Compile("{{ for i in 1..9999 }}{{ i }}{{ end }}").Template!;

        Assert.Throws<OperationCanceledException>(() => { _ = engine.Render(template, [], leaving.Token); });
    }

    [Fact]
    public void Memory_is_limited_for_all_values_together()
    {
        var engine = new TemplateEngine(
            new TemplateOptions { Deadline = TimeSpan.FromHours(1), MaxAllocatedBytes = 16 * 1024 * 1024 }, TimeProvider.System);
        var template = engine.Compile(string.Concat(Enumerable.Repeat("{{ x = '' | string.pad_left 1000000 }}", 100))).Template!;
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = engine.Render(template, [], default).Error;

        Assert.Contains("bytes of memory", error?.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 16 * 1024 * 1024, 24 * 1024 * 1024);
    }

    [Fact]
    public void A_template_may_be_as_long_as_its_limit_and_no_longer()
    {
        var limit = new TemplateOptions().MaxTemplateBytes;

        Assert.Null(_engine.Compile(new string('a', limit)).Error);
        Assert.Equal("template_limit_exceeded", _engine.Compile(new string('a', limit + 1)).Error?.Code);
        // Bytes, not characters.
        Assert.Equal("template_limit_exceeded", _engine.Compile(new string('é', limit / 2 + 1)).Error?.Code);
    }

    [Fact]
    public void The_longest_prompt_can_be_rendered_within_the_other_limits()
    {
        var text = new string('é', new TemplateOptions().MaxOutputLength);
        var engine = new TemplateEngine(new TemplateOptions { Deadline = TimeSpan.FromHours(1) }, TimeProvider.System);

        var result = engine.Render(engine.Compile("{{ text }}").Template!, JsonVariables.Of(new { text }), default);
        var longer = engine.Render(engine.Compile("{{ text }}.").Template!, JsonVariables.Of(new { text }), default);

        Assert.Null(result.Error?.Message);
        Assert.Equal(text, result.Text);
        Assert.Equal("template_limit_exceeded", longer.Error?.Code);
    }

    [Fact]
    public void What_a_template_assigns_ends_with_its_rendering()
    {
        string[] attempts =
        [
            "{{ text = 'changed'; string = 'changed'; array = 1; empty = 1; left = 1 }}", "{{ readonly text }}", "{{ func string }}x{{ end }}",
            "{{ capture math }}x{{ end }}", "{{ for object in list }}{{ end }}", "{{ a = string; b = list | array.add 3 }}",
        ];
        var before = Run(Probe);

        Assert.All(attempts, attempt => Assert.Null(Run(attempt).Error?.Message));

        Assert.Equal("TEXT 2 3 object", before.Text);
        Assert.Equal(before.Text, Run(Probe).Text);
        Assert.Equal("missing_variable", Run("{{ left }}").Error?.Code);
    }

    [Fact]
    public void Functions_are_those_of_the_list_and_each_is_there()
    {
        Assert.All(TemplateFunctions.Names, name => Assert.Equal("<function>", Run($"{{{{ @{name} }}}}").Text));
        Assert.Equal(TemplateFunctions.Names.Count(), TemplateFunctions.Shared.Values.OfType<Scriban.Runtime.ScriptObject>().Sum(group => group.Count));
    }

    private const string Probe = "{{ text | string.upcase }} {{ list | array.size }} {{ 2 | math.plus 1 }} {{ person | object.typeof }}";

    private static string Repeat(string text) => string.Concat(Enumerable.Repeat(text, 60_000 / Math.Max(1, text.Length) / 2));

    private static void CancelAt(int reading, int readings, CancellationTokenSource source)
    {
        if (readings == reading)
        {
            source.Cancel();
        }
    }

    private void AssertRefused(string template)
    {
        var error = _engine.Compile(template).Error;
        Assert.NotNull(error);
        Assert.Contains("depth limit", error.Message, StringComparison.Ordinal);
    }

    private RenderResult Run(string template)
    {
        var compiled = _engine.Compile(template);
        return compiled.Template is null
            ? compiled.Error!
            : _engine.Render(compiled.Template, JsonVariables.Of(Sample), default);
    }

    private static readonly object Sample = new
    {
        text = "text",
        number = 1,
        list = new[] { 1, 2 },
        person = new { name = "Ann" },
        repetitive = new string('a', 40) + "!",
    };

    /// <summary>A clock that goes on by one step whenever it is read.</summary>
    private sealed class SteppingTime(TimeSpan step) : TimeProvider
    {
        public int Readings { get; private set; }

        public Action<int>? OnReading { get; init; }

        public override long TimestampFrequency => Stopwatch.Frequency;

        public override long GetTimestamp()
        {
            Readings++;
            OnReading?.Invoke(Readings);
            return Readings * (long)(step.TotalSeconds * TimestampFrequency);
        }
    }
}
