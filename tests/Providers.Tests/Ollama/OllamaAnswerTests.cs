using System.Text;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Ollama;

public sealed class OllamaAnswerTests
{
    [Theory]
    [InlineData("\"stop\"", FinishReasons.Stop)]
    [InlineData("\"length\"", FinishReasons.Length)]
    [InlineData("\"load\"", FinishReasons.Stop)]
    [InlineData("\"unload\"", FinishReasons.Stop)]
    [InlineData("null", FinishReasons.Stop)]
    public void The_reason_to_end_is_read_the_same_in_both_forms(string reason, string expected)
    {
        var answer = $$"""{"model":"m","message":{"role":"assistant","content":"x"},"done":true,"done_reason":{{reason}}}""";

        Assert.Equal(expected, Wire.Read(answer).Response!.Choices[0].FinishReason);
        var chunk = Assert.Single(Wire.Decode(Wire.Format.Answers.CreateDecoder(0), answer)).Chunk!;
        Assert.Equal(expected, chunk.Choices[0].FinishReason);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"prompt_eval_count\":3")]
    [InlineData(",\"eval_count\":3")]
    [InlineData(",\"prompt_eval_count\":-1,\"eval_count\":3")]
    [InlineData(",\"prompt_eval_count\":3,\"eval_count\":1e30")]
    [InlineData(",\"prompt_eval_count\":\"3\",\"eval_count\":3")]
    public void Usage_that_is_not_told_is_not_made_up(string counts)
    {
        var answer = $$"""{"model":"m","message":{"role":"assistant","content":"x"},"done":true{{counts}}}""";

        Assert.Null(Wire.Read(answer).Response!.Usage);
        Assert.Null(Assert.Single(Wire.Decode(Wire.Format.Answers.CreateDecoder(0), answer)).Chunk!.Usage);
    }

    [Fact]
    public void An_empty_answer_has_an_empty_text()
    {
        var response = Wire.Read("""{"model":"m","message":{"role":"assistant","content":""},"done":true}""").Response!;

        Assert.Equal("", response.Choices[0].Message!.Content);
    }

    [Fact]
    public void Arguments_are_passed_on_as_the_model_wrote_them()
    {
        var response = Wire.Read("""
            {"model":"m","message":{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"b": 1.50, "a":"\u00e9"}}},{"function":{"name":"g"}}]},"done":true}
            """).Response!;

        var calls = response.Choices[0].Message!.ToolCalls!.Value;
        Assert.Equal("""{"b": 1.50, "a":"\u00e9"}""", calls[0].Function!.Arguments);
        Assert.Equal("{}", calls[1].Function!.Arguments);
    }

    [Fact]
    public void Two_answers_have_two_ids()
    {
        const string answer = """{"model":"m","message":{"role":"assistant","tool_calls":[{"function":{"name":"g"}}]},"done":true}""";

        var (first, second) = (Wire.Read(answer).Response!, Wire.Read(answer).Response!);

        Assert.NotEqual(first.Id, second.Id);
        Assert.NotEqual(first.Choices[0].Message!.ToolCalls!.Value[0].Id, second.Choices[0].Message!.ToolCalls!.Value[0].Id);
    }

    [Fact]
    public void An_error_in_an_answer_is_an_error()
    {
        var result = Wire.Read("""{"error":"llama runner process has terminated: CUDA out of memory on host gpu-7"}""");

        Assert.Null(result.Response);
        Assert.Equal(ChatErrorKind.UpstreamServerError, result.Error!.Kind);
        Assert.DoesNotContain("gpu-7", result.Error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Garbage =>
    [
        "",
        "null",
        "[]",
        "\"x\"",
        "1",
        "<html>",
        "{",
        """{"done":"yes"}""",
        """{"message":"x","done":true}""",
        """{"message":{"content":1},"done":true}""",
        """{"message":{"content":"\ud800"},"done":true}""",
        """{"message":{"tool_calls":[null]},"done":true}""",
        """{"message":{"tool_calls":[{}]},"done":true}""",
        """{"message":{"tool_calls":[{"function":{"arguments":{}}}]},"done":true}""",
        """{"message":{"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]},"done":true}""",
        """{"message":{"tool_calls":{}},"done":true}""",
        """{"error":{"code":1}}""",
        """{"model":"m"}""",
        """{"model":"m","done":false}""",
    ];

    [Theory, MemberData(nameof(Garbage))]
    public void Garbage_is_told_as_such(string garbage)
    {
        Assert.Throws<JsonException>(() => Wire.Read(garbage));
        Assert.Throws<JsonException>(() => Wire.Decode(Wire.Format.Answers.CreateDecoder(0), garbage));
        Assert.Null(Wire.Format.Answers.ReadError(Encoding.UTF8.GetBytes(garbage)));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_garbage_even_in_arguments()
    {
        byte[] body =
        [
            .. """{"message":{"tool_calls":[{"function":{"name":"f","arguments":{"a":" """u8,
            0xff,
            .. """ "}}}]},"done":true}"""u8,
        ];

        Assert.Throws<JsonException>(() => Wire.Format.Answers.Read(body, 0));
        Assert.Throws<JsonException>(() => Wire.Format.Answers.CreateDecoder(0).Decode("", body, []));
        Assert.Null(Wire.Format.Answers.ReadError(body));
    }

    [Theory]
    [InlineData("""{"model":"m","message":{"role":"assistant","content":"x"},"done":false}""")]
    [InlineData("""{"model":"m","message":{"role":"assistant","content":"x"}}""")]
    [InlineData("""{"model":"m","done":true}""")]
    public void An_answer_that_is_not_whole_is_none(string answer)
    {
        Assert.Throws<JsonException>(() => Wire.Read(answer));
    }

    [Fact]
    public void The_error_object_is_read()
    {
        Assert.Equal("model 'x' not found", Wire.Format.Answers.ReadError("""{"error":"model 'x' not found"}"""u8)!.Message);
        Assert.Null(Wire.Format.Answers.ReadError("{}"u8));
    }
}
