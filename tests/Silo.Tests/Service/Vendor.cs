using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>A provider of one type that gives each kind of answer in its own words.</summary>
/// <param name="Name">The provider's name in Prism.</param>
/// <param name="Text">The answer "Hello world", in 9 and 2 tokens.</param>
/// <param name="TextStream">The same as a stream, in two pieces.</param>
/// <param name="ToolCall">A call of <c>get_weather</c> with <c>{"city":"Oslo"}</c>.</param>
/// <param name="ToolCallStream">The same as a stream.</param>
/// <param name="StreamType">The media type of its streams.</param>
internal sealed record Vendor(
    string Name, string Text, string[] TextStream, string ToolCall, string[] ToolCallStream, string StreamType = "text/event-stream")
{
    public static readonly Vendor OpenAi = new(
        "openai",
        """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o-mini-2024-07-18",
         "choices":[{"index":0,"message":{"role":"assistant","content":"Hello world","refusal":null},"logprobs":null,"finish_reason":"stop"}],
         "usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}
        """,
        [
            Data("""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}"""),
            Data("""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":" world"},"finish_reason":null}]}"""),
            Data("""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""),
            Data("""{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}"""),
            Data("[DONE]"),
        ],
        """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o-mini",
         "choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":null,
           "tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}]},
           "logprobs":null,"finish_reason":"tool_calls"}],
         "usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}
        """,
        [
            Data("""{"id":"c","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":""}}]}}]}"""),
            Data("""{"id":"c","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}}]}"""),
            Data("""{"id":"c","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"Oslo\"}"}}]}}]}"""),
            Data("""{"id":"c","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"""),
            Data("[DONE]"),
        ]);

    public static readonly Vendor Anthropic = new(
        "anthropic",
        """
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":"Hello world"}],
         "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":2}}
        """,
        [
            .. AnthropicStart(),
            Event("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""),
            Event("""{"type":"ping"}"""),
            Event("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}"""),
            Event("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" world"}}"""),
            Event("""{"type":"content_block_stop","index":0}"""),
            .. AnthropicEnd("end_turn"),
        ],
        """
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5",
         "content":[{"type":"tool_use","id":"call_1","name":"get_weather","input":{"city":"Oslo"}}],
         "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":2}}
        """,
        [
            .. AnthropicStart(),
            Event("""{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"call_1","name":"get_weather","input":{}}}"""),
            Event("""{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}"""),
            Event("""{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"\"Oslo\"}"}}"""),
            Event("""{"type":"content_block_stop","index":0}"""),
            .. AnthropicEnd("tool_use"),
        ]);

    public static readonly Vendor Ollama = new(
        "ollama",
        """
        {"model":"llama3.1","created_at":"2025-01-01T00:00:00Z","message":{"role":"assistant","content":"Hello world"},
         "done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":2}
        """,
        [
            Line("""{"model":"llama3.1","created_at":"2025-01-01T00:00:00Z","message":{"role":"assistant","content":"Hello"},"done":false}"""),
            Line("""{"model":"llama3.1","created_at":"2025-01-01T00:00:00Z","message":{"role":"assistant","content":" world"},"done":false}"""),
            Line("""{"model":"llama3.1","created_at":"2025-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":2}"""),
        ],
        """
        {"model":"llama3.1","created_at":"2025-01-01T00:00:00Z",
         "message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"get_weather","arguments":{"city":"Oslo"}}}]},
         "done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":2}
        """,
        [
            Line("""{"model":"llama3.1","created_at":"2025-01-01T00:00:00Z","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"get_weather","arguments":{"city":"Oslo"}}}]},"done":false}"""),
            Line("""{"model":"llama3.1","created_at":"2025-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":2}"""),
        ],
        "application/x-ndjson");

    /// <summary>One of the many that speak OpenAI's format and leave out what they can. It has no tools.</summary>
    public static readonly Vendor Compatible = new(
        "openai-compatible",
        """{"choices":[{"message":{"content":"Hello world"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2}}""",
        [
            "data:{\"choices\":[{\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"\"}]}\r\n\r\n",
            "data:{\"choices\":[{\"delta\":{\"content\":\" world\"},\"finish_reason\":\"stop\"}]}\r\n\r\n",
            "data:{\"choices\":null,\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}\r\n\r\n",
            "data:[DONE]\r\n\r\n",
        ],
        ToolCall: "",
        ToolCallStream: []);

    /// <summary>Those that a real provider is behind, by name.</summary>
    public static Vendor Of(string name) => new[] { OpenAi, Anthropic, Ollama }.Single(vendor => vendor.Name == name);

    /// <summary>Answers a call with text, or with a tool call where it is offered tools; as a stream where that is asked for.</summary>
    public async Task AnswerAsync(UpstreamCall call)
    {
        using var body = JsonDocument.Parse(call.Request.Body);
        var root = body.RootElement;
        var hasTools = root.TryGetProperty("tools", out _);
        if (!root.TryGetProperty("stream", out var stream) || !stream.GetBoolean())
        {
            await call.JsonAsync(hasTools ? ToolCall : Text);
            return;
        }

        await call.StartStreamAsync(StreamType);
        foreach (var piece in hasTools ? ToolCallStream : TextStream)
        {
            await call.WriteAsync(piece);
        }
    }

    private static string Data(string json) => $"data: {json}\n\n";

    private static string Line(string json) => json + "\n";

    private static string Event(string json)
    {
        using var document = JsonDocument.Parse(json);
        return $"event: {document.RootElement.GetProperty("type").GetString()}\ndata: {json}\n\n";
    }

    private static string[] AnthropicStart() =>
    [
        Event("""{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":1}}}"""),
    ];

    private static string[] AnthropicEnd(string stopReason) =>
    [
        Event($$$"""{"type":"message_delta","delta":{"stop_reason":"{{{stopReason}}}","stop_sequence":null},"usage":{"output_tokens":2}}"""),
        Event("""{"type":"message_stop"}"""),
    ];
}
