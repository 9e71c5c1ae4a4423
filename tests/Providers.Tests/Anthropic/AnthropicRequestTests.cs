using System.Text.Json;
using Prism.Formats.OpenAi.Chat;

namespace Prism.Tests.Anthropic;

public sealed class AnthropicRequestTests
{
    [Fact]
    public void An_output_cap_is_always_sent()
    {
        Assert.Equal(512, Written("max_tokens", null).GetInt32());
        Assert.Equal(20, Written("max_tokens", "\"max_tokens\":20").GetInt32());
    }

    [Theory]
    [InlineData("minimal", 1024)]
    [InlineData("low", 2048)]
    [InlineData("medium", 8192)]
    [InlineData("high", 16_384)]
    [InlineData("xhigh", 32_000)]
    public void An_effort_is_a_thinking_budget_on_top_of_the_answers_cap(string effort, int budget)
    {
        var body = AnthropicRequests.Write(AnthropicRequests.Read($"\"reasoning_effort\":\"{effort}\",\"max_tokens\":100"));

        AssertJson.Equal($$"""{"type":"enabled","budget_tokens":{{budget}}}""", body.GetProperty("thinking").GetRawText());
        Assert.Equal(100 + budget, body.GetProperty("max_tokens").GetInt32());
    }

    [Theory]
    [InlineData("claude-opus-4-7", "adaptive")]
    [InlineData("claude-sonnet-5", "adaptive")]
    [InlineData("claude-opus-5-1-20260901", "adaptive")]
    [InlineData("claude-opus-4-6", "enabled")]
    [InlineData("claude-sonnet-4-20250514", "enabled")]
    [InlineData("claude-3-7-sonnet-20250219", "enabled")]
    [InlineData("glm-5", "enabled")]
    public void A_model_that_takes_no_budget_is_asked_to_think_adaptively(string model, string type)
    {
        var body = AnthropicRequests.Write(AnthropicRequests.Read("\"reasoning_effort\":\"xhigh\",\"max_tokens\":100", model: model));

        Assert.Equal(type, body.GetProperty("thinking").GetProperty("type").GetString());
        Assert.Equal(type == "adaptive", body.TryGetProperty("output_config", out var config) && config.GetProperty("effort").GetString() == "xhigh");
        Assert.Equal(type == "adaptive", body.GetProperty("max_tokens").GetInt32() == 100);
    }

    [Theory]
    [InlineData("\"reasoning_effort\":\"none\"", "thinking")]
    [InlineData("\"response_format\":{\"type\":\"text\"}", "output_config")]
    [InlineData("\"response_format\":null", "output_config")]
    [InlineData("\"stop\":[]", "stop_sequences")]
    [InlineData("\"tools\":[]", "tools")]
    [InlineData("\"tool_choice\":\"auto\"", "tool_choice")]
    [InlineData("\"tool_choice\":\"none\",\"parallel_tool_calls\":false", "tool_choice")]
    [InlineData("\"top_k\":null", "top_k")]
    [InlineData("\"stream\":true", "stream")]
    public void What_asks_for_nothing_is_not_sent(string property, string absent) =>
        Assert.False(AnthropicRequests.Write(AnthropicRequests.Read(property)).TryGetProperty(absent, out _));

    [Theory]
    [InlineData("\"none\"", null, """{"type":"none"}""")]
    [InlineData("\"none\"", "false", """{"type":"none"}""")]
    [InlineData("\"auto\"", null, """{"type":"auto"}""")]
    [InlineData("\"auto\"", "true", """{"type":"auto"}""")]
    [InlineData("\"required\"", null, """{"type":"any"}""")]
    [InlineData("\"required\"", "false", """{"type":"any","disable_parallel_tool_use":true}""")]
    [InlineData("null", "false", """{"type":"auto","disable_parallel_tool_use":true}""")]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", null, """{"type":"tool","name":"f"}""")]
    public void A_tool_choice_is_said(string choice, string? parallel, string expected)
    {
        var properties = $$$"""
            "tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{{{choice}}},"parallel_tool_calls":{{{parallel ?? "null"}}}
            """;

        AssertJson.Equal(expected, Written("tool_choice", properties).GetRawText());
    }

    [Theory]
    [InlineData("""[{"role":"user","content":"a"},{"role":"assistant","content":""},{"role":"user","content":"b"}]""", "user:2")]
    [InlineData("""[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"assistant","content":"c"}]""", "user:1 assistant:2")]
    [InlineData("""[{"role":"system","content":""},{"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"a"}]}]""", "user:1")]
    public void Turns_alternate_and_hold_no_empty_text(string messages, string expected)
    {
        var body = AnthropicRequests.Write(AnthropicRequests.Read(messages: messages));

        var turns = body.GetProperty("messages").EnumerateArray()
            .Select(turn => $"{turn.GetProperty("role").GetString()}:{turn.GetProperty("content").GetArrayLength()}");
        Assert.Equal(expected, string.Join(' ', turns));
        Assert.False(body.TryGetProperty("system", out _));
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":null,"refusal":"I will not."}""")]
    [InlineData("""{"role":"assistant","content":[{"type":"refusal","refusal":"I will not."}]}""")]
    public void A_refusal_goes_back_as_text(string refusal)
    {
        var messages = $$"""[{"role":"user","content":"a"},{{refusal}},{"role":"user","content":"b"}]""";

        var body = AnthropicRequests.Write(AnthropicRequests.Read(messages: messages));

        AssertJson.Equal("""[{"type":"text","text":"I will not."}]""", body.GetProperty("messages")[1].GetProperty("content").GetRawText());
    }

    [Fact]
    public void What_a_client_echoes_of_an_answer_does_no_harm()
    {
        const string Messages = """
            [{"role":"user","content":"a"},
             {"role":"assistant","content":"b","refusal":null,"annotations":[],"audio":null,"function_call":null,"tool_calls":null},
             {"role":"user","content":"c"}]
            """;

        Assert.Equal(3, AnthropicRequests.Write(AnthropicRequests.Read(messages: Messages)).GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public void A_tools_result_may_be_an_image()
    {
        const string Messages = """
            [{"role":"user","content":"a"},
             {"role":"assistant","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":" "}}]},
             {"role":"tool","tool_call_id":"t","content":[{"type":"image_url","image_url":{"url":"DATA:image/gif;x=y;base64,R0lGODlh"}}]}]
            """;

        var body = AnthropicRequests.Write(AnthropicRequests.Read(messages: Messages));

        AssertJson.Equal(
            """[{"type":"image","source":{"type":"base64","media_type":"image/gif","data":"R0lGODlh"}}]""",
            body.GetProperty("messages")[2].GetProperty("content")[0].GetProperty("content").GetRawText());
    }

    [Fact]
    public void Thinking_survives_a_round_trip_through_a_client()
    {
        var answer = ProviderApis.Anthropic(new() { Name = "anthropic" }).Dialect.Answers
            .Read("""
                {"id":"m","model":"c","content":[{"signature":"sig","future":{"a":[1]},"type":"thinking","thinking":""},
                {"type":"redacted_thinking","data":"xyz"},{"type":"text","text":"b"}],"stop_reason":"end_turn"}
                """u8, 0).Response!;
        var message = JsonSerializer.Serialize(answer, ChatJson.Lenient.ChatResponse);
        var echoed = JsonElement.Parse(message).GetProperty("choices")[0].GetProperty("message").GetRawText();

        var body = AnthropicRequests.Write(AnthropicRequests.Read(messages: $$"""[{"role":"user","content":"a"},{{echoed}}]"""));

        AssertJson.Equal(
            """
            [{"type":"thinking","thinking":"","signature":"sig","future":{"a":[1]}},{"type":"redacted_thinking","data":"xyz"},
            {"type":"text","text":"b"}]
            """,
            body.GetProperty("messages")[1].GetProperty("content").GetRawText());
    }

    private static JsonElement Written(string property, string? properties) =>
        AnthropicRequests.Write(AnthropicRequests.Read(properties)).GetProperty(property);
}
