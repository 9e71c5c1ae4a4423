using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chat;

/// <summary>Contracts with every property set, unknown ones included, as JSON has them.</summary>
internal static class Golden
{
    public const string Request = """
        {"model":"gpt-4o-mini","messages":[
        {"role":"developer","content":"Be brief.","name":"app","x_message":{"a":1}},
        {"role":"user","content":[{"type":"text","text":"What is this?","cache_control":{"type":"ephemeral"}},
        {"type":"image_url","image_url":{"url":"https://example.org/a.png","detail":"low","x_image":true}},
        {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]},
        {"role":"assistant","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"look","arguments":"{\"a\":1}","x_function":[]},"x_call":null}],
        "reasoning_content":"hm","refusal":null},
        {"role":"tool","content":"a cat","tool_call_id":"call_1"}],
        "temperature":0.1,"top_p":1,"max_tokens":5,"max_completion_tokens":6,"stop":["END"],"n":2,"seed":-9007199254740993,"frequency_penalty":-2,
        "presence_penalty":2,"tools":[{"type":"function","function":{"name":"look","description":"Looks.","parameters":{"type":"object","$defs":{},
        "properties":{"a":{"type":["string","null"],"enum":["x",null]}}},"strict":true,"x_definition":1},"x_tool":"y"},{"type":"custom","custom":{"name":"c"}}],
        "tool_choice":{"type":"function","function":{"name":"look"}},"parallel_tool_calls":false,
        "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}},"reasoning_effort":"low","user":"u",
        "stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"template":"t","variables":{"a":null,"b":[1,"c"]},
        "logit_bias":{"50256":-100},"metadata":{"a":"b"},"service_tier":"auto","provider":{"order":["a"]}}
        """;

    public const string Response = """
        {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant",
        "content":"A cat.","refusal":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"look","arguments":"{}"}}],"reasoning_content":"hm",
        "annotations":[]},"logprobs":{"content":[]},"finish_reason":"stop","x_choice":1}],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21,
        "prompt_tokens_details":{"cached_tokens":1,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2,"audio_tokens":0},"x_usage":0.5},
        "system_fingerprint":"fp_1","service_tier":"default"}
        """;

    public const string Chunk = """
        {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant",
        "content":"A","refusal":"r","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"look","arguments":""}}],"reasoning_content":"hm",
        "x_delta":1},"logprobs":{"content":[]},"finish_reason":"stop","x_choice":1}],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21},
        "system_fingerprint":"fp_1","obfuscation":"abc"}
        """;

    public static ChatRequest FullRequest => ChatJsonTests.Read(ChatJson.Strict.ChatRequest, Request);

    public static ChatResponse FullResponse => ChatJsonTests.Read(ChatJson.Strict.ChatResponse, Response);

    public static ChatChunk FullChunk => ChatJsonTests.Read(ChatJson.Strict.ChatChunk, Chunk);
}
