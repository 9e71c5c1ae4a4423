using System.Text;
using System.Text.Json;
using Prism.Formats;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests.Anthropic;

public sealed class AnthropicResponseTests
{
    private readonly Dialect _format = ProviderApis.Anthropic(new ProviderOptions { Name = "anthropic", ApiKey = "sk-ant-secret" }).Dialect;

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("pause_turn", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    [InlineData("tool_use", "tool_calls")]
    [InlineData("refusal", "content_filter")]
    [InlineData("made_up", "stop")]
    public void A_stop_reason_is_a_finish_reason(string stopReason, string expected) =>
        Assert.Equal(expected, Read($$"""{"content":[],"stop_reason":"{{stopReason}}"}""").Response!.Choices[0].FinishReason);

    [Fact]
    public void An_answer_without_blocks_is_an_empty_text() =>
        Assert.Equal("", Read("""{"content":[],"stop_reason":"end_turn"}""").Response!.Choices[0].Message!.Content);

    [Fact]
    public void A_tool_call_without_input_has_empty_arguments()
    {
        var response = Read("""{"content":[{"type":"tool_use","id":"t","name":"f"}],"stop_reason":"tool_use"}""").Response!;

        Assert.Equal("{}", response.Choices[0].Message!.ToolCalls!.Value[0].Function!.Arguments);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("<html>")]
    [InlineData("""{"content":null,"stop_reason":"end_turn"}""")]
    [InlineData("""{"content":"a","stop_reason":"end_turn"}""")]
    [InlineData("""{"content":[{"type":"text"}],"stop_reason":"end_turn"}""")]
    [InlineData("""{"content":[{"type":"text","text":null}],"stop_reason":"end_turn"}""")]
    [InlineData("""{"content":[{"type":"tool_use","id":"t"}],"stop_reason":"tool_use"}""")]
    [InlineData("""{"content":[5],"stop_reason":"end_turn"}""")]
    [InlineData("""{"content":[],"stop_reason":null}""")]
    [InlineData("""{"content":[],"stop_reason":5}""")]
    public void Garbage_is_no_answer(string body) => Assert.Throws<JsonException>(() => Read(body));

    [Fact]
    public void An_error_in_a_successful_answer_is_an_error()
    {
        var error = Read("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""").Error!;

        Assert.Equal(ChatErrorKind.UpstreamServerError, error.Kind);
    }

    [Fact]
    public void A_usage_that_cannot_be_read_is_none()
    {
        var answer = Read("""{"content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":"many"}}""").Response!;

        Assert.Equal(("Hi", null), (answer.Choices[0].Message!.Content, answer.Usage));
    }

    [Fact]
    public void An_error_object_is_read()
    {
        var error = ReadError("""{"type":"error","error":{"type":"not_found_error","message":"model: x"},"request_id":"req_1"}""");

        Assert.Equal(new VendorError("model: x", "not_found_error"), error);
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"billing_error","message":"m"}}""", "billing_error")]
    [InlineData(
        """{"type":"error","error":{"type":"rate_limit_error","message":"m","details":{"error_code":"enforced_spend_limit_reached"}}}""",
        "rate_limit_error")]
    public void A_used_up_account_is_a_quota(string body, string type) =>
        Assert.Equal(new VendorError("m", type, "insufficient_quota"), ReadError(body));

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"error":"text"}""")]
    [InlineData("""{"error":{"type":5}}""")]
    public void What_is_not_an_error_object_says_nothing(string body) => Assert.Null(ReadError(body));

    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"\\ud800\"")]
    [InlineData("""{"error_code":"\ud800"}""")]
    public void Details_of_any_kind_do_no_harm(string details) =>
        Assert.Equal("m", ReadError($$$"""{"error":{"type":"rate_limit_error","message":"m","details":{{{details}}}}}""")!.Message);

    private (ChatResponse? Response, ChatError? Error) Read(string body) => _format.Answers.Read(Encoding.UTF8.GetBytes(body), 0);

    private VendorError? ReadError(string body) => _format.Answers.ReadError(Encoding.UTF8.GetBytes(body));
}
