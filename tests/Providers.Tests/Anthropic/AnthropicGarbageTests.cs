using System.Buffers;
using System.Text;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests.Anthropic;

/// <summary>Whatever one value is in the place of another: it is understood or refused, and never an exception that stands for a bug.</summary>
public sealed class AnthropicGarbageTests
{
    private readonly Dialect _format = ProviderApis.Anthropic(new ProviderOptions { Name = "anthropic" }).Dialect;

    public static TheoryData<string> Requests => GoldenFiles.Names("Requests");

    public static TheoryData<string> Responses => GoldenFiles.Names("Responses");

    public static TheoryData<string> Streams => GoldenFiles.Names("Streams");

    [Theory, MemberData(nameof(Requests))]
    public void A_request_is_written_as_JSON_or_refused(string name)
    {
        var (written, refused) = (0, 0);
        foreach (var json in WrongKinds.Of(GoldenFiles.Read("Requests", name + ".in.json")))
        {
            if (TryRead(json) is not { } request || HasNullInList(request) || !_format.Requests.FindUnsupported(request).IsEmpty)
            {
                continue;
            }

            var body = new ArrayBufferWriter<byte>();
            if (_format.Requests.Write(body, request, stream: true) is null)
            {
                Assert.Equal(JsonValueKind.Object, JsonElement.Parse(body.WrittenSpan).ValueKind);
                written++;
            }
            else
            {
                refused++;
            }
        }

        Assert.NotEqual(0, written);
        Assert.NotEqual(0, refused);
    }

    [Theory, MemberData(nameof(Responses))]
    public void A_response_is_read_or_garbage(string name)
    {
        var outcomes = WrongKinds.Of(GoldenFiles.Read("Responses", name + ".in.json"))
            .CountBy(json => IsRead(() => _format.Answers.Read(Encoding.UTF8.GetBytes(json), 0)))
            .ToDictionary();

        Assert.Equal(2, outcomes.Count);
    }

    [Theory, MemberData(nameof(Streams))]
    public void A_stream_is_read_or_garbage(string name)
    {
        var data = SlicedStream.DataOf(GoldenFiles.Read("Streams", name + ".in.sse"));
        var outcomes = Enumerable.Range(0, data.Length)
            .SelectMany(index => WrongKinds.Of(data[index]).Select(wrong => data.Select((right, other) => other == index ? wrong : right)))
            .CountBy(stream => IsRead(() => Decode(stream)))
            .ToDictionary();

        Assert.Equal(2, outcomes.Count);
    }

    [Fact]
    public void An_error_is_read_or_says_nothing()
    {
        const string Error = """
            {"type":"error","error":{"type":"rate_limit_error","message":"m","details":{"error_code":"enforced_spend_limit_reached"}}}
            """;

        var read = WrongKinds.Of(Error).Select(json => _format.Answers.ReadError(Encoding.UTF8.GetBytes(json))).ToList();

        Assert.Contains(read, error => error is null);
        Assert.Contains(read, error => error is { Code: null });
        Assert.Contains(read, error => error is { Code: not null });
    }

    private static ChatRequest? TryRead(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ChatJson.Strict.ChatRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // That is refused before a request comes to any provider.
    private static bool HasNullInList(ChatRequest request) =>
        request.Messages.Any(message => message is null || (message.ToolCalls ?? []).Contains(null!)) || (request.Tools ?? []).Contains(null!);

    private static bool IsRead(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Decode(IEnumerable<string> stream)
    {
        var decoder = _format.Answers.CreateDecoder(0);
        var output = new List<ChatStreamEvent>();
        foreach (var data in stream)
        {
            decoder.Decode("", Encoding.UTF8.GetBytes(data), output);
        }

        // What was read can also be handed on.
        SlicedStream.ToJson(output.Where(one => one.Chunk is not null));
    }
}
