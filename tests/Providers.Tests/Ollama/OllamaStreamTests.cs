using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Ollama;

public sealed class OllamaStreamTests
{
    private const string Piece = """{"model":"m","message":{"role":"assistant","content":"x"},"done":false}""";
    private const string Nothing = """{"model":"m","message":{"role":"assistant","content":""},"done":false}""";

    [Fact]
    public void A_line_with_nothing_new_is_no_chunk()
    {
        var events = Wire.Decode(Wire.Format.Answers.CreateDecoder(0), Nothing, Piece, Nothing, Piece);

        Assert.Equal(["assistant", null], events.Select(one => one.Chunk!.Choices[0].Delta.Role));
        Assert.Equal(["x", "x"], events.Select(one => one.Chunk!.Choices[0].Delta.Content));
    }

    [Fact]
    public void A_last_line_without_a_message_ends_the_answer()
    {
        var decoder = Wire.Format.Answers.CreateDecoder(0);

        var events = Wire.Decode(decoder, Piece, """{"model":"m","done":true,"done_reason":"stop","prompt_eval_count":1,"eval_count":2}""");

        Assert.True(decoder.IsComplete);
        Assert.Equal(FinishReasons.Stop, events[^1].Chunk!.Choices[0].FinishReason);
        Assert.Equal(ChatUsage.Of(1, 2), events[^1].Chunk!.Usage);
    }

    [Fact]
    public void An_error_in_the_middle_is_an_error()
    {
        var decoder = Wire.Format.Answers.CreateDecoder(0);

        var events = Wire.Decode(decoder, Piece, """{"error":"an error was encountered while running the model: /root/.ollama/x"}""");

        Assert.Equal(ChatErrorKind.UpstreamServerError, events[^1].Failed!.Kind);
        Assert.DoesNotContain(".ollama", events[^1].Failed!.Message, StringComparison.Ordinal);
        Assert.False(decoder.MayEnd);
    }

    [Fact]
    public void Every_cut_of_a_line_is_invalid()
    {
        const string line = """{"model":"m","message":{"role":"assistant","content":"x"},"done":true,"done_reason":"stop"}""";

        foreach (var length in Enumerable.Range(0, line.Length))
        {
            var decoder = Wire.Format.Answers.CreateDecoder(0);
            Assert.Throws<JsonException>(() => Wire.Decode(decoder, line[..length]));
            Assert.False(decoder.MayEnd);
        }
    }

    [Fact]
    public void Two_streams_have_two_ids()
    {
        var first = Wire.Decode(Wire.Format.Answers.CreateDecoder(0), Piece)[0].Chunk!;
        var second = Wire.Decode(Wire.Format.Answers.CreateDecoder(0), Piece)[0].Chunk!;

        Assert.NotEqual(first.Id, second.Id);
    }
}
