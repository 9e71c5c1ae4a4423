using System.Buffers;
using System.Text;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Providers;

namespace Prism.Tests.Anthropic;

public sealed class AnthropicGoldenTests
{
    private const long Created = 1_700_000_000;

    private readonly Dialect _format = ProviderApis.Anthropic(new ProviderOptions { Name = "anthropic" }).Dialect;

    public static TheoryData<string> Requests => GoldenFiles.Names("Requests");

    public static TheoryData<string> Responses => GoldenFiles.Names("Responses");

    public static TheoryData<string> Streams => GoldenFiles.Names("Streams");

    [Theory, MemberData(nameof(Requests))]
    public void A_request_is_said_in_anthropics_words(string name)
    {
        var request = JsonSerializer.Deserialize(GoldenFiles.Read("Requests", name + ".in.json"), ChatJson.Strict.ChatRequest)!;
        var body = new ArrayBufferWriter<byte>();

        Assert.Empty(_format.Requests.FindUnsupported(request));
        Assert.Null(_format.Requests.Write(body, request, request.Stream is true));

        AssertJson.Equal(GoldenFiles.Read("Requests", name + ".out.json"), Encoding.UTF8.GetString(body.WrittenSpan));
    }

    [Theory, MemberData(nameof(Responses))]
    public void A_response_is_read(string name)
    {
        var result = _format.Answers.Read(Encoding.UTF8.GetBytes(GoldenFiles.Read("Responses", name + ".in.json")), Created);

        Assert.Null(result.Error);
        AssertJson.Equal(
            GoldenFiles.Read("Responses", name + ".out.json"), JsonSerializer.Serialize(result.Response!, ChatJson.Lenient.ChatResponse));
    }

    [Theory, MemberData(nameof(Streams))]
    public async Task A_stream_is_read(string name)
    {
        var decoder = _format.Answers.CreateDecoder(Created);

        var chunks = await SlicedStream.DecodeAsync(GoldenFiles.Read("Streams", name + ".in.sse"), decoder);

        Assert.True(decoder.IsComplete);
        AssertJson.Equal(GoldenFiles.Read("Streams", name + ".out.json"), SlicedStream.ToJson(chunks));
    }
}
