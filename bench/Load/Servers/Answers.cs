using System.Globalization;
using System.Text;

namespace Prism.Bench.Servers;

/// <summary>The answers of <see cref="FastUpstream"/> in one vendor's format, as bytes for the socket.</summary>
internal sealed class Answers
{
    private const string Text =
        "An answer of some length, as a model writes it for a simple question with the instruction to be brief in its answer.";

    private Answers(string json, string streamType, string streamStart, string token, string streamEnd)
    {
        Json = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}"));
        StreamStart =
        [
            .. Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {streamType}\r\nTransfer-Encoding: chunked\r\n\r\n"),
            .. Chunk(streamStart),
        ];
        Token = Chunk(token);
        StreamEnd = [.. Chunk(streamEnd), .. "0\r\n\r\n"u8];
    }

    /// <summary>A whole answer.</summary>
    public byte[] Json { get; }

    /// <summary>The head of a streamed answer, and the frames before its first token.</summary>
    public byte[] StreamStart { get; }

    /// <summary>The frame of one token.</summary>
    public byte[] Token { get; }

    /// <summary>The frames after the last token, and the end of the response.</summary>
    public byte[] StreamEnd { get; }

    public static Answers OpenAi { get; } = new(
        $$$"""
        {"id":"chatcmpl-bench","object":"chat.completion","created":1750000000,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Text}}}","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":24,"completion_tokens":25,"total_tokens":49}}
        """,
        "text/event-stream",
        "",
        OpenAiChunk(""" "choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}]}"""),
        OpenAiChunk(""" "choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}""")
        + OpenAiChunk(""" "choices":[],"usage":{"prompt_tokens":24,"completion_tokens":64,"total_tokens":88}}""")
        + "data: [DONE]\n\n");

    public static Answers Anthropic { get; } = new(
        $$$"""
        {"id":"msg_01Bench0123456789ABCDEFGH","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[{"type":"text","text":"{{{Text}}}"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":24,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":25,"service_tier":"standard"}}
        """,
        "text/event-stream; charset=utf-8",
        AnthropicEvent(
            "message_start",
            """{"message":{"id":"msg_01Bench0123456789ABCDEFGH","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":24,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}}""")
        + AnthropicEvent("content_block_start", """{"index":0,"content_block":{"type":"text","text":""}}""")
        + AnthropicEvent("ping", "{}"),
        AnthropicEvent("content_block_delta", """{"index":0,"delta":{"type":"text_delta","text":" token"}}"""),
        AnthropicEvent("content_block_stop", """{"index":0}""")
        + AnthropicEvent(
            "message_delta",
            """{"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":24,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":64}}""")
        + AnthropicEvent("message_stop", "{}"));

    public static Answers Ollama { get; } = new(
        OllamaObject(
            Text,
            OllamaDone(answerTokens: 25)),
        "application/x-ndjson",
        "",
        OllamaObject(" token", "\"done\":false") + "\n",
        OllamaObject("", OllamaDone(answerTokens: 64)) + "\n");

    private static string OpenAiChunk(string rest) =>
        """data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1750000000,"model":"gpt-4o-mini",""" + rest + "\n\n";

    // The vendor repeats the name of an event as the first property of its data.
    private static string AnthropicEvent(string name, string data) =>
        $"event: {name}\ndata: {{\"type\":\"{name}\"{(data == "{}" ? "" : ",")}{data[1..]}\n\n";

    private static string OllamaObject(string text, string rest) =>
        $$"""{"model":"llama3.1","created_at":"2025-06-15T15:06:40.123456789Z","message":{"role":"assistant","content":"{{text}}"},{{rest}}}""";

    private static string OllamaDone(int answerTokens) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        "done":true,"done_reason":"stop","total_duration":512345678,"load_duration":12345678,"prompt_eval_count":24,"prompt_eval_duration":98765432,"eval_count":{answerTokens},"eval_duration":401234567
        """);

    // The last chunk of a response is the empty one, so an empty text becomes no chunk.
    private static byte[] Chunk(string text) => text.Length == 0
        ? []
        : Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n"));
}
