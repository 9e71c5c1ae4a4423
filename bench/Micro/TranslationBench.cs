using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Prism.Formats;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Bench;

/// <summary>From the wire to Prism's canonical form and back: twice for each request, and once for each piece of a stream.</summary>
public class TranslationBench
{
    private static readonly byte[] Request = """
        {"model":"gpt-4o-mini","messages":[{"role":"system","content":"You are brief."},{"role":"user","content":"What is an actor, in one sentence that a child of twelve would understand?"}],"temperature":0.7,"max_tokens":256}
        """u8.ToArray();

    private static readonly byte[] Response = """
        {"id":"chatcmpl-bench","object":"chat.completion","created":1750000000,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"An answer of some length, as a model gives it when it is asked something simple and has been told to be brief about it.","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":24,"completion_tokens":25,"total_tokens":49}}
        """u8.ToArray();

    private static readonly byte[] Chunk = """
        {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1750000000,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}]}
        """u8.ToArray();

    private static readonly ProviderOptions Options = new() { Name = "bench", BaseUrl = "http://127.0.0.1", Type = ProviderType.OpenAi };

    private readonly byte[] _body = Request;
    private readonly Dialect _format = ProviderApi.Of(Options, new ServiceCollection().AddProviderParts().BuildServiceProvider()).Dialect;
    private readonly IStreamDecoder _decoder;
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly List<ChatStreamEvent> _events = [];
    private readonly ChatRequest _request = JsonSerializer.Deserialize(Request, ChatJson.Strict.ChatRequest)!;
    private readonly ChatResponse _response = JsonSerializer.Deserialize(Response, ChatJson.Lenient.ChatResponse)!;

    public TranslationBench() => _decoder = _format.Answers.CreateDecoder(0);

    [Benchmark(Description = "read a request")]
    public ChatRequest ReadRequest() => JsonSerializer.Deserialize(_body, ChatJson.Strict.ChatRequest)!;

    [Benchmark(Description = "write it for a provider")]
    public int WriteRequest()
    {
        _output.ResetWrittenCount();
        _format.Requests.Write(_output, _request, stream: false);
        return _output.WrittenCount;
    }

    [Benchmark(Description = "read a provider's answer")]
    public object ReadResponse() => _format.Answers.Read(Response, 0).Response!;

    [Benchmark(Description = "write it for a client")]
    public byte[] WriteResponse() => JsonSerializer.SerializeToUtf8Bytes(_response, ChatJson.Lenient.ChatResponse);

    [Benchmark(Description = "read a piece of a stream")]
    public int ReadChunk()
    {
        _events.Clear();
        _decoder.Decode("", Chunk, _events);
        return _events.Count;
    }
}
