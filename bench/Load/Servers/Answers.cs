using System.Globalization;
using System.Text;

namespace Prism.Bench.Servers;

/// <summary>What <see cref="FastUpstream"/> says, as OpenAI would, ready for the wire.</summary>
internal static class Answers
{
    private const string Chunk = """{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1750000000,"model":"gpt-4o-mini",""";

    public static readonly byte[] Json = Whole("""
        {"id":"chatcmpl-bench","object":"chat.completion","created":1750000000,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"An answer of some length, as a model gives it when it is asked something simple and has been told to be brief about it.","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":24,"completion_tokens":25,"total_tokens":49}}
        """);

    public static readonly byte[] StreamHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray();

    public static readonly byte[] Token =
        Event(Chunk + """ "choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}]}""");

    public static readonly byte[] StreamEnd =
    [
        .. Event(Chunk + """ "choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}"""),
        .. Event(Chunk + """ "choices":[],"usage":{"prompt_tokens":24,"completion_tokens":64,"total_tokens":88}}"""),
        .. Event("[DONE]"),
        .. "0\r\n\r\n"u8,
    ];

    private static byte[] Whole(string json) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}"));

    private static byte[] Event(string data)
    {
        var text = $"data: {data}\n\n";
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n"));
    }
}
