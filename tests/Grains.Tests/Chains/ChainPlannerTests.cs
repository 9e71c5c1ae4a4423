namespace Prism.Tests.Chains;

/// <summary>What a chain is understood as.</summary>
public sealed class ChainPlannerTests
{
    [Fact]
    public void The_chain_of_the_reference_runs_as_it_stands()
    {
        var plan = Chain.Plan(
            """
            {"steps":[{"template":"Summarize this: {{ article }}","output_key":"summary"},
                      {"template":"Extract key points from: {{ summary }}","output_key":"key_points"}],
             "inputs":{"article":"…"}}
            """);

        Assert.Equal("summary: key_points:summary", Chain.NeedsOf(plan));
        Assert.Equal("0 1", string.Join(' ', plan.Order));
        Assert.Equal(4, plan.MaxParallel);
    }

    [Theory]
    [InlineData("""{"output_key":"a","template":"x"},{"output_key":"b","template":"{{ a }}"},{"output_key":"c","template":"{{ a }}"},{"output_key":"d","template":"{{ c }}{{ b }}"}""", "a: b:a c:a d:b,c")]
    [InlineData("""{"output_key":"b","template":"{{ if a.ok }}{{ a.text }}{{ end }}"},{"output_key":"a","template":"x"}""", "b:a a:")]
    [InlineData("""{"output_key":"a","template":"x"},{"output_key":"b","template":"x","when":"a.size > 3"}""", "a: b:a")]
    [InlineData("""{"output_key":"a","template":"x"},{"output_key":"b","template":"{{ item }}","for_each":"a | string.split ','"}""", "a: b:a")]
    [InlineData("""{"output_key":"a","template":"x"},{"output_key":"b","template":"y","system":"Be {{ a }}."}""", "a: b:a")]
    [InlineData("""{"output_key":"a","template":"x"},{"output_key":"b","template":"{{ a = 1; a }} {{ 'a' }} {{ list[0] }}"}""", "a: b:")]
    [InlineData("""{"output_key":"text","template":"x"},{"output_key":"b","template_name":"summarize"}""", "text: b:text")]
    [InlineData("""{"output_key":"a","name":"first","template":"x"},{"output_key":"b","name":"second","template":"{{ a }}"}""", "first: second:first")]
    public void What_a_step_reads_it_needs(string steps, string needs) =>
        Assert.Equal(needs, Chain.NeedsOf(Chain.Plan($$"""{"steps":[{{steps}}],"inputs":{"list":[1]} }""")));

    [Fact]
    public void A_step_comes_behind_what_it_needs_wherever_it_is_written() =>
        Assert.Equal(
            "2 1 0",
            string.Join(' ', Chain.Plan("""{"steps":[{"output_key":"c","template":"{{ b }}"},{"output_key":"b","template":"{{ a }}"},{"output_key":"a","template":"x"}]}""").Order));

    [Fact]
    public void A_step_says_how_it_is_run()
    {
        var step = Chain.Plan(
            """
            {"max_parallel":2,"steps":[{"output_key":"a","template":"x","retry":{"attempts":5,"backoff_seconds":0.5},"timeout_seconds":1.5,
             "on_error":"continue","response_format":{"type":"json_object"}},{"output_key":"b","template":"x","retry":{}},{"output_key":"c","template":"x"}]}
            """).Steps;

        Assert.Equal((5, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5)), (step[0].MaxAttempts, step[0].Backoff, step[0].Timeout));
        Assert.Equal((true, true), (step[0].Continues, step[0].AnswersJson));
        Assert.Equal((3, TimeSpan.FromSeconds(1)), (step[1].MaxAttempts, step[1].Backoff));
        Assert.Equal((1, TimeSpan.FromMinutes(10), false, false), (step[2].MaxAttempts, step[2].Timeout, step[2].Continues, step[2].AnswersJson));
    }

    [Fact]
    public void A_persona_is_the_system_message_of_a_step_with_a_template() =>
        Assert.Equal(
            "system", Chain.Plan("""{"steps":[{"output_key":"a","template":"x","template_name":"teacher"}]}""").Steps[0].Stored!.Template.Role);

    [Fact]
    public void As_many_elements_as_there_may_be_are_planned() =>
        Assert.NotNull(Chain.Plan("""{"steps":[{"output_key":"a","template":"x","for_each":"1..1000"}]}"""));
}
