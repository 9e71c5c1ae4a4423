using System.Text;
using System.Text.Json;
using Prism.Formats;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests.Anthropic;

public sealed class AnthropicStreamTests
{
    private const string Start = """{"type":"message_start","message":{"id":"m","model":"c","content":[],"usage":{"input_tokens":3}}}""";

    private readonly IStreamDecoder _decoder =
        ProviderApis.Anthropic(new ProviderOptions { Name = "anthropic", ApiKey = "sk-ant-secret" }).Dialect.Answers.CreateDecoder(created: 1_700_000_000);

    public static TheoryData<string> Streams => GoldenFiles.Names("Streams");

    [Theory, MemberData(nameof(Streams))]
    public async Task The_network_may_cut_a_stream_anywhere(string name)
    {
        var sse = GoldenFiles.Read("Streams", name + ".in.sse");
        var expected = GoldenFiles.Read("Streams", name + ".out.json");
        for (var size = 1; size < 40; size++)
        {
            var decoder = ProviderApis.Anthropic(new ProviderOptions { Name = "anthropic" }).Dialect.Answers.CreateDecoder(created: 1_700_000_000);

            AssertJson.Equal(expected, SlicedStream.ToJson(await SlicedStream.DecodeAsync(sse, decoder, size)));
        }
    }

    [Theory, MemberData(nameof(Streams))]
    public void Only_a_stream_with_a_stop_reason_may_end(string name)
    {
        foreach (var data in SlicedStream.DataOf(GoldenFiles.Read("Streams", name + ".in.sse")))
        {
            var type = JsonElement.Parse(data).GetProperty("type").GetString();
            Assert.False(_decoder.IsComplete);

            Decode(data);

            Assert.Equal(type is "message_delta" or "message_stop", _decoder.MayEnd);
            Assert.Equal(type == "message_stop", _decoder.IsComplete);
        }
    }

    [Fact]
    public void Arguments_are_joined_from_fragments_of_any_size()
    {
        const string Arguments = """{"city":"Wien","übung":[1,{"a":"\"}"}]}""";
        for (var size = 1; size <= Arguments.Length; size++)
        {
            var decoder = ProviderApis.Anthropic(new ProviderOptions { Name = "anthropic" }).Dialect.Answers.CreateDecoder(created: 0);
            var events = new List<ChatStreamEvent>();
            string[] fragments = [.. Arguments.Chunk(size).Select(chunk => new string(chunk))];
            string[] data =
            [
                Start,
                """{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}""",
                .. fragments.Select(Fragment),
                """{"type":"content_block_stop","index":0}""",
            ];
            foreach (var one in data)
            {
                decoder.Decode("", Encoding.UTF8.GetBytes(one), events);
            }

            var calls = events.SelectMany(one => one.Chunk!.Choices[0].Delta.ToolCalls!.Value).ToList();
            Assert.All(calls, call => Assert.Equal(0, call.Index));
            Assert.Equal(fragments.Length + 1, calls.Count);
            Assert.Equal(Arguments, string.Concat(calls.Select(call => call.Function!.Arguments)));
        }
    }

    [Fact]
    public void A_server_that_sends_a_call_whole_is_understood()
    {
        Decode(Start);

        Decode("""{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"a":1}}}""");
        var end = Decode("""{"type":"content_block_stop","index":0}""");

        Assert.Equal("""{"a":1}""", Assert.Single(end).Chunk!.Choices[0].Delta.ToolCalls!.Value[0].Function!.Arguments);
    }

    [Fact]
    public void Nothing_is_said_before_the_first_piece_of_the_answer()
    {
        Assert.Empty(Decode(Start));
        Assert.Empty(Decode("""{"type":"ping"}"""));
        Assert.Empty(Decode("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""));

        var first = Decode("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}""");
        var second = Decode("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}""");

        Assert.Equal("assistant", Assert.Single(first).Chunk!.Choices[0].Delta.Role);
        Assert.Null(Assert.Single(second).Chunk!.Choices[0].Delta.Role);
    }

    [Fact]
    public void The_usage_is_the_last_that_was_told()
    {
        Decode(Start);
        Decode("""{"type":"message_delta","delta":{"stop_reason":null},"usage":{"cache_read_input_tokens":5,"output_tokens":1}}""");
        Assert.False(_decoder.MayEnd);

        var end = Decode("""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":7,"output_tokens":9}}""");

        var usage = Assert.Single(end).Chunk!.Usage!;
        Assert.Equal((12, 9, 21, 5), (usage.PromptTokens, usage.CompletionTokens, usage.TotalTokens, usage.PromptTokensDetails!.CachedTokens));
    }

    [Fact]
    public void What_went_into_the_prompt_cache_is_told_as_it_is_paid_for()
    {
        Decode(Start);

        var end = Decode(
            """
            {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":7,"output_tokens":9,"cache_creation_input_tokens":500,
             "cache_creation":{"ephemeral_5m_input_tokens":300,"ephemeral_1h_input_tokens":200}}}
            """);

        var usage = Assert.Single(end).Chunk!.Usage!;
        Assert.Equal(507, usage.PromptTokens);
        Assert.Equal((500, 200), (usage.PromptTokensDetails!.CacheWriteTokens, usage.PromptTokensDetails.CacheWrite1hTokens));
    }

    [Theory]
    [InlineData("""{"type":"content_block_shrug","index":[],"delta":5}""")]
    [InlineData("""{"type":"content_block_start","index":0,"content_block":{"type":"hologram","text":5}}""")]
    [InlineData("""{"index":0,"content_block":{"input":{},"id":"s","name":"web_search","type":"server_tool_use"},"type":"content_block_start"}""")]
    public void What_is_not_known_is_skipped(string data)
    {
        Decode(Start);

        Assert.Empty(Decode(data));
    }

    [Theory]
    [InlineData("overloaded_error", ChatErrorKind.UpstreamServerError)]
    [InlineData("api_error", ChatErrorKind.UpstreamServerError)]
    [InlineData("timeout_error", ChatErrorKind.UpstreamServerError)]
    [InlineData("made_up_error", ChatErrorKind.UpstreamServerError)]
    [InlineData("rate_limit_error", ChatErrorKind.RateLimited)]
    [InlineData("billing_error", ChatErrorKind.QuotaExceeded)]
    [InlineData("invalid_request_error", ChatErrorKind.InvalidRequest)]
    [InlineData("authentication_error", ChatErrorKind.UpstreamCredentialsRefused)]
    [InlineData("permission_error", ChatErrorKind.UpstreamCredentialsRefused)]
    [InlineData("not_found_error", ChatErrorKind.ModelNotFound)]
    [InlineData("request_too_large", ChatErrorKind.RequestTooLarge)]
    public void An_error_may_come_at_any_time(string type, ChatErrorKind kind)
    {
        var error = Assert.Single(Decode($$$"""{"type":"error","error":{"type":"{{{type}}}","message":"key sk-ant-secret"}}""")).Failed!;

        Assert.Equal(kind, error.Kind);
        Assert.Equal("anthropic", error.Provider);
        Assert.DoesNotContain("sk-ant-secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[DONE]")]
    [InlineData("""{"type":5}""")]
    [InlineData("""{"type":null}""")]
    [InlineData("""{"error":{"message":"no type"}}""")]
    [InlineData("""{"type":"error"}""")]
    [InlineData("""{"type":"error","error":"text"}""")]
    [InlineData("""{"type":"message_start"}""")]
    [InlineData("""{"type":"message_start","message":null}""")]
    [InlineData("""{"type":"message_delta"}""")]
    [InlineData("""{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""")]
    [InlineData("""{"type":"content_block_start","index":0}""")]
    [InlineData("""{"type":"content_block_start","content_block":{"type":"text","text":""}}""")]
    [InlineData("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"too early"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}""")]
    [InlineData("""{"type":"content_block_stop","index":7}""")]
    public void Garbage_is_no_stream(string data) => Assert.Throws<JsonException>(() => Decode(data));

    [Theory]
    [InlineData("""{"type":"content_block_delta","index":0}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":null}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\ud800"}}""")]
    [InlineData("""{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"a"}}""")]
    public void Garbage_in_a_block_is_no_stream(string data)
    {
        Decode(Start);
        Decode("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");

        Assert.Throws<JsonException>(() => Decode(data));
    }

    private static string Fragment(string json) =>
        $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":{{{JsonSerializer.Serialize(json)}}}}}""";

    private List<ChatStreamEvent> Decode(string data)
    {
        var output = new List<ChatStreamEvent>();
        _decoder.Decode("", Encoding.UTF8.GetBytes(data), output);
        return output;
    }
}
