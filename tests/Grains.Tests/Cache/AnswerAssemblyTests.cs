using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Sharing;

namespace Prism.Tests.Cache;

/// <summary>A stream becomes the answer that it is a stream of, and that becomes a stream again.</summary>
public class AnswerAssemblyTests
{
    public static TheoryData<string> Answers { get; } =
    [
        """{"id":"a","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Grüße","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""",
        """{"id":"a","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":"length"}]}""",
        """{"id":"a","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":"No."},"logprobs":null,"finish_reason":"content_filter"}]}""",
        """{"id":"a","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":""},"x":{"y":[1]}}]},"logprobs":null,"finish_reason":"tool_calls"}]}""",
        """{"id":"a","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"b","refusal":null,"tool_calls":[],"reasoning_content":"hm"},"logprobs":null,"finish_reason":"stop"}]}""",
        """{"id":"a","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"b","refusal":null,"annotations":[{"type":"url"}],"reasoning":"r"},"logprobs":{"content":[{"token":"b","logprob":-0.5}],"refusal":null},"finish_reason":"stop","content_filter_results":{"hate":{"filtered":false}}}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"completion_tokens_details":{"reasoning_tokens":1}},"system_fingerprint":"fp","service_tier":null}""",
        """{"id":"a","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"a","refusal":null},"logprobs":null,"finish_reason":"stop"},{"index":2,"message":{"role":"assistant","content":"c","refusal":null},"logprobs":null,"finish_reason":null}]}""",
        """{"id":"a","object":"chat.completion","created":7,"model":"m","choices":[],"x":1}""",
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public void A_replayed_answer_is_put_together_as_it_was(string json)
    {
        var response = JsonSerializer.Deserialize(json, ChatJson.Lenient.ChatResponse)!;
        var assembly = new AnswerAssembly();
        foreach (var chunk in ReplayedAnswer.ToChunks(response))
        {
            // As clients get them.
            assembly.Add(JsonSerializer.Deserialize(JsonSerializer.Serialize(chunk, ChatJson.Lenient.ChatChunk), ChatJson.Lenient.ChatChunk)!);
        }

        Assert.Equal(json, JsonSerializer.Serialize(assembly.ToResponse(response.Usage), ChatJson.Lenient.ChatResponse));
    }

    [Fact]
    public void Fragments_are_joined()
    {
        const string Expected = """
            {"id":"a","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello","refusal":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}],"reasoning_content":"hm, so"},"logprobs":{"content":[{"token":"Hel"},{"token":"lo"}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3},"system_fingerprint":"fp"}
            """;

        Assert.Equal(Expected.Trim(), Assemble(
            """{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"hm, "}}]""",
            """{"choices":[{"index":0,"delta":{"reasoning_content":"so"}}]""",
            """{"choices":[{"index":0,"delta":{"content":"Hel"},"logprobs":{"content":[{"token":"Hel"}]}}]""",
            """{"choices":[{"index":0,"delta":{"content":"lo"},"logprobs":{"content":[{"token":"lo"}]}}]""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"g","arguments":""}}]}}]""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\""}}]}}]""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}},{"index":1,"function":{"arguments":"{}"}}]}}]""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]"""));
    }

    [Fact]
    public void Calls_without_an_index_are_told_apart_by_their_ids()
    {
        var response = Parse(Assemble(
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":"}}]}}]""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"function":{"arguments":"1}"}}]}}]""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]}}]"""));

        Assert.Equal(
            [("c1", """{"a":1}"""), ("c2", "{}")],
            response.Choices[0].Message!.ToolCalls!.Value.Select(call => (call.Id!, call.Function!.Arguments!)));
    }

    [Fact]
    public void What_Prism_does_not_know_is_joined_as_the_vendors_sdks_join_it()
    {
        var extra = Parse(Assemble(
            """{"choices":[{"index":0,"delta":{"reasoning":"I ","function_call":{"name":"f","arguments":"{"},"details":[{"index":0,"type":"text","text":"a"}],"n":1}}]""",
            """{"choices":[{"index":0,"delta":{"reasoning":"think","function_call":{"arguments":"}"},"details":[{"index":0,"type":"text","text":"b"},{"index":1,"type":"text","text":"c"}],"n":2}}]""",
            """{"choices":[{"index":0,"delta":{"reasoning":null,"links":["x"]}}]""",
            """{"choices":[{"index":0,"delta":{"links":["y"]}}]""")).Choices[0].Message!.Extra!;

        Assert.Equal("I think", extra["reasoning"].GetString());
        Assert.Equal("""{"name":"f","arguments":"{}"}""", extra["function_call"].GetRawText());
        Assert.Equal("""[{"index":0,"type":"text","text":"ab"},{"index":1,"type":"text","text":"c"}]""", extra["details"].GetRawText());
        Assert.Equal("""["x","y"]""", extra["links"].GetRawText());
        Assert.Equal(2, extra["n"].GetInt32());
    }

    private static string Assemble(params string[] pieces)
    {
        var assembly = new AnswerAssembly();
        foreach (var piece in pieces)
        {
            assembly.Add(JsonSerializer.Deserialize(
                piece + ",\"id\":\"a\",\"created\":7,\"model\":\"m\",\"system_fingerprint\":\"fp\"}", ChatJson.Lenient.ChatChunk)!);
        }

        return JsonSerializer.Serialize(assembly.ToResponse(ChatUsage.Of(1, 2)), ChatJson.Lenient.ChatResponse);
    }

    private static ChatResponse Parse(string json) => JsonSerializer.Deserialize(json, ChatJson.Lenient.ChatResponse)!;
}
