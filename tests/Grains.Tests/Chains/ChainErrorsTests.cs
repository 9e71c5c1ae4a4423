using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chains;

/// <summary>The texts of what is refused before anything runs, word by word: they are what a user has to go by.</summary>
public sealed class ChainErrorsTests
{
    [Theory]
    [InlineData("""{"output_key":"a"}""", "Step 'a': 'template' or 'template_name' is missing.", "steps[0].template")]
    [InlineData("""{"template":"x"}""", "Step 1: 'output_key' is missing.", "steps[0].output_key")]
    [InlineData("""null""", "Step 1 must be an object.", "steps[0]")]
    [InlineData("""{"name":"one","output_key":"a b","template":"x"}""", "Step 'one': 'output_key' must be a name of letters, digits and _ that does not begin with a digit, not 'a b'.", "steps[0].output_key")]
    [InlineData("""{"output_key":"end","template":"x"}""", "Step 'end': 'output_key' cannot be 'end', which is a part of the template language.", "steps[0].output_key")]
    [InlineData("""{"output_key":"string","template":"x"}""", "Step 'string': 'output_key' cannot be 'string', which is a part of the template language.", "steps[0].output_key")]
    [InlineData("""{"output_key":"item","template":"x"}""", "Step 'item': 'output_key' cannot be 'item', which is a part of the template language.", "steps[0].output_key")]
    [InlineData("""{"output_key":"a","template":"x"},{"name":"two","output_key":"a","template":"y"}""", "Step 'two': 'output_key' 'a' is that of another step, too.", "steps[1].output_key")]
    [InlineData("""{"output_key":"a","template":"x"},{"name":"a","output_key":"b","template":"y"}""", "Step 'a': another step has this name, too.", "steps[1].name")]
    [InlineData("""{"output_key":"text","template":"x"}""", "Step 'text': 'output_key' 'text' is an input, too.", "steps[0].output_key")]
    [InlineData("""{"output_key":"a","template":"x","tempratur":1}""", "Step 'a': property 'tempratur' does not exist.", "steps[0].tempratur")]
    [InlineData("""{"output_key":"a","template":"x","retry":{"attempt":1}}""", "Step 'a': property 'retry.attempt' does not exist.", "steps[0].retry.attempt")]
    public void A_step_that_is_not_formed_is_named(string steps, string message, string param) => AssertRefused(steps, message, param);

    [Theory]
    [InlineData("""{"output_key":"a","template":"x"},{"output_key":"b","template":"line\n {{ a | nothing_such }}"}""", "Step 'b': Line 2, column 9 of 'template': function 'nothing_such' does not exist.", "steps[1].template")]
    [InlineData("""{"output_key":"a","template":"line\n {{ text"}""", "Step 'a': Line 2, column 2 of 'template': these braces are not closed.", "steps[0].template")]
    [InlineData("""{"output_key":"a","template":"{% if x %}"}""", "Step 'a': Line 1, column 1 of 'template': '{% … %}' is Jinja2. Write {{ if … }}…{{ end }} or {{ for x in xs }}…{{ end }} instead.", "steps[0].template")]
    [InlineData("""{"output_key":"a","template":"x","system":"{{ this }}"}""", "Step 'a': Line 1, column 4 of 'system': 'this' is not available: name the variables that are used.", "steps[0].system")]
    [InlineData("""{"output_key":"a","template":"x","when":"text =="}""", "Step 'a': Line 1, column 8 of 'when': Expecting an <expression> to the right of the operator instead of `<eof>`.", "steps[0].when")]
    [InlineData("""{"output_key":"a","template":"x","when":"{{ text }}"}""", "Step 'a': Line 1, column 1 of 'when': this has to be one expression, without {{ and }}.", "steps[0].when")]
    [InlineData("""{"output_key":"a","template":"x","when":"x = 1; x"}""", "Step 'a': Line 1, column 1 of 'when': this has to be one expression, without {{ and }}.", "steps[0].when")]
    [InlineData("""{"output_key":"a","template":"x","for_each":""}""", "Step 'a': Line 1, column 1 of 'for_each': this has to be one expression, without {{ and }}.", "steps[0].for_each")]
    [InlineData("""{"output_key":"a","template_name":"nope"}""", "Step 'a': There is no template 'nope'.", "steps[0].template_name")]
    [InlineData("""{"output_key":"a","template":"x","template_name":"summarize"}""", "Step 'a': 'template' and 'template_name' cannot go together: 'summarize' makes the prompt, too.", "steps[0].template_name")]
    [InlineData("""{"output_key":"a","template_name":"teacher"}""", "Step 'a': 'template' is missing: 'teacher' makes only the system message.", "steps[0].template")]
    [InlineData("""{"output_key":"a","template":"x","system":"y","template_name":"teacher"}""", "Step 'a': 'system' and 'template_name' cannot go together: 'teacher' makes the system message, too.", "steps[0].template_name")]
    public void A_template_that_is_wrong_is_named_with_line_and_column(string steps, string message, string param) =>
        AssertRefused(steps, message, param);

    [Theory]
    [InlineData("""{"output_key":"a","template":"{{ txet }}"}""", "Step 'a': the variable 'txet' is neither an input nor the output of a step.", "steps[0].template")]
    [InlineData("""{"output_key":"a","template":"x","when":"txet"}""", "Step 'a': the variable 'txet' is neither an input nor the output of a step.", "steps[0].when")]
    [InlineData("""{"output_key":"a","template":"{{ item }}"}""", "Step 'a': 'item' exists only in the templates of a step with 'for_each'.", "steps[0].template")]
    [InlineData("""{"output_key":"a","template":"x","for_each":"list","when":"item"}""", "Step 'a': 'item' exists only in the templates of a step with 'for_each'.", "steps[0].when")]
    [InlineData("""{"output_key":"a","template_name":"translate"}""", "Step 'a': the variable 'target_language' is neither an input nor the output of a step.", "steps[0].template_name")]
    [InlineData("""{"output_key":"a","template":"{{ a }}"}""", "Step 'a': it needs its own output.", "steps[0].template")]
    [InlineData("""{"output_key":"z","template":"x"},{"output_key":"a","template":"{{ c }}"},{"output_key":"b","template":"{{ a }}"},{"output_key":"c","template":"{{ b }}"}""", "Step 'a': it needs its own output, by way of 'c' → 'b'.", "steps[1].template")]
    public void What_a_step_cannot_get_is_named(string steps, string message, string param) => AssertRefused(steps, message, param);

    [Theory]
    [InlineData(""" "provider":"nope" """, "Step 'a': Unknown provider 'nope'; known providers: vendor, openai.", "steps[0].provider")]
    [InlineData(""" "provider":"openai" """, "Step 'a': Provider 'openai' is not configured here: it has no API key.", "steps[0].provider")]
    [InlineData(""" "model":"openai/m" """, "Step 'a': Provider 'openai' is not configured here: it has no API key.", "steps[0].provider")]
    [InlineData(""" "temperature":3 """, "Step 'a': 'temperature' must be from 0 to 2, not 3.", "steps[0].temperature")]
    [InlineData(""" "max_tokens":0 """, "Step 'a': 'max_tokens' must be at least 1, not 0.", "steps[0].max_tokens")]
    [InlineData(""" "timeout_seconds":0 """, "Step 'a': 'timeout_seconds' must be above 0 and at most 3600, not 0.", "steps[0].timeout_seconds")]
    [InlineData(""" "retry":{"attempts":11} """, "Step 'a': 'retry.attempts' must be from 1 to 10, not 11.", "steps[0].retry.attempts")]
    [InlineData(""" "retry":{"backoff_seconds":-1.5} """, "Step 'a': 'retry.backoff_seconds' must be from 0 to 60, not -1.5.", "steps[0].retry.backoff_seconds")]
    [InlineData(""" "on_error":"ignore" """, "Step 'a': 'on_error' must be 'fail' or 'continue', not 'ignore'.", "steps[0].on_error")]
    [InlineData(""" "for_each":"1..1001" """, "Step 'a': 'for_each' makes a list of 1001 elements; 1000 are allowed.", "steps[0].for_each")]
    [InlineData(""" "for_each":"text" """, "Step 'a': 'for_each' does not make a list.", "steps[0].for_each")]
    public void A_parameter_that_is_wrong_is_named(string property, string message, string param) =>
        AssertRefused($$"""{"output_key":"a","template":"x",{{property}} }""", message, param);

    [Theory]
    [InlineData("""{"steps":[]}""", "A chain has at least one step.", "steps")]
    [InlineData("""{}""", "A chain has at least one step.", "steps")]
    [InlineData("""{"step":[]}""", "A chain has no property 'step'.", "step")]
    [InlineData("""{"steps":[{"output_key":"a","template":"x"}],"max_parallel":0}""", "'max_parallel' must be from 1 to 64, not 0.", "max_parallel")]
    [InlineData("""{"steps":[{"output_key":"a","template":"x"}],"inputs":{"math":1}}""", "Input 'math' must have another name: this one is a part of the template language.", "inputs.math")]
    [InlineData("""{"steps":[{"output_key":"a","template":"x","for_each":"[1]"}],"inputs":{"item":1}}""", "Input 'item' must have another name: with 'for_each', this one is the element.", "inputs.item")]
    public void A_chain_that_is_not_formed_is_refused(string json, string message, string param)
    {
        var error = Chain.Refuse(json);

        Assert.Equal((message, param, ChatErrorKind.InvalidRequest), (error.Message, error.Param, error.Kind));
    }

    [Fact]
    public void More_steps_than_there_may_be_are_refused()
    {
        var steps = string.Join(',', Enumerable.Range(0, 65).Select(i => $$"""{"output_key":"s{{i}}","template":"x"}"""));

        Assert.Equal("A chain has at most 64 steps, not 65: Step 's64' is one too many.", Chain.Refuse($$"""{"steps":[{{steps}}]}""").Message);
    }

    [Fact]
    public void Inputs_that_are_too_long_are_refused_with_both_sizes()
    {
        var inputs = JsonSerializer.Serialize(new { text = new string('x', 100) });

        var error = Chain.Refuse($$"""{"steps":[{"output_key":"a","template":"x"}],"inputs":{{inputs}}}""", new() { MaxInputBytes = 110 });

        Assert.Equal((ChatErrorKind.RequestTooLarge, "inputs_too_large", "inputs"), (error.Kind, error.Code, error.Param));
        Assert.Equal("The inputs have 111 bytes of JSON; 110 are allowed.", error.Message);
    }

    [Fact]
    public void A_property_of_the_wrong_kind_is_not_read()
    {
        var exception = Assert.Throws<JsonException>(() => Chain.Parse("""{"steps":[{"output_key":"a","template":1}]}"""));

        Assert.Equal("$.steps[0].template", exception.Path);
    }

    private static void AssertRefused(string steps, string message, string param)
    {
        var error = Chain.Refuse($$"""{"steps":[{{steps}}],"inputs":{"text":"t","list":[1,2]} }""");

        Assert.Equal(message, error.Message);
        Assert.Equal(param, error.Param);
        Assert.Equal(ChatErrorKind.InvalidRequest, error.Kind);
    }
}
