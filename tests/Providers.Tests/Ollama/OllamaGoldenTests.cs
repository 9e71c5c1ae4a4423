using System.Text.Json;
using Prism.Formats.OpenAi.Chat;

namespace Prism.Tests.Ollama;

public sealed class OllamaGoldenTests
{
    public static TheoryData<string> Requests => GoldenFiles.Names("Requests");

    public static TheoryData<string> Responses => GoldenFiles.Names("Responses");

    public static TheoryData<string> Streams => GoldenFiles.Names("Streams");

    [Theory, MemberData(nameof(Requests))]
    public void A_request_is_said_in_Ollamas_words(string name)
    {
        var body = Wire.Write(Wire.Request(GoldenFiles.Read("Requests", name + ".request.json")));

        GoldenFiles.AssertSame(GoldenFiles.Read("Requests", name + ".upstream.json"), body);
    }

    [Theory, MemberData(nameof(Responses))]
    public void An_answer_is_read(string name)
    {
        var result = Wire.Read(GoldenFiles.Read("Responses", name + ".upstream.json"));

        Assert.Null(result.Error);
        var actual = JsonSerializer.Serialize(result.Response!, ChatJson.Strict.ChatResponse);
        GoldenFiles.AssertSame(GoldenFiles.Read("Responses", name + ".canonical.json"), GoldenFiles.NumberIds([actual])[0]);
    }

    [Theory, MemberData(nameof(Streams))]
    public void A_stream_is_read_line_by_line(string name)
    {
        var decoder = Wire.Format.Answers.CreateDecoder(GoldenFiles.Created);
        var lines = GoldenFiles.ReadLines("Streams", name + ".upstream.jsonl");

        var events = Wire.Decode(decoder, lines[..^1]);
        Assert.False(decoder.IsComplete);
        Assert.False(decoder.MayEnd);
        events.AddRange(Wire.Decode(decoder, lines[^1]));
        Assert.True(decoder.IsComplete);
        Assert.True(decoder.MayEnd);

        var expected = GoldenFiles.ReadLines("Streams", name + ".canonical.jsonl");
        var actual = GoldenFiles.NumberIds(events.Select(one => JsonSerializer.Serialize(one.Chunk!, ChatJson.Strict.ChatChunk)));
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => GoldenFiles.AssertSame(pair.First, pair.Second));
    }
}
