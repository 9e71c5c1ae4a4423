using System.Text;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Pipeline.Caching;

namespace Prism.Tests.Cache;

public class PromptHashTests
{
    private const string Plain = """{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}]}""";

    /// <summary>What is stored under these hashes has to be found by the next version too.</summary>
    [Theory]
    [InlineData(
        Plain,
        """["prism-1","global","openai",{"messages":[{"content":"Grüße","role":"user"}],"model":"gpt-4o"}]""",
        "Z-tX_Bid86FvaOlgJvEazQIMXibKzycJFW_umI_cCdk")]
    [InlineData(
        """{"temperature":0.70,"model":"m","seed":7,"stop":"END","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}],"x":{"b":1.0,"a":"<ü>"}}""",
        """["prism-1","global","openai",{"max_tokens":9,"messages":[{"content":[{"text":"a","type":"text"}],"role":"user"}],"model":"m","seed":7,"stop":["END"],"temperature":0.7,"x":{"a":"<ü>","b":1}}]""",
        "IxIKykdbunVcvBe5JbLI3QrJkKi3e23Tlj9lYGqDh0c")]
    [InlineData(
        """{"model":"m","messages":[{"role":"user","content":"w?"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"number"}}}}}],"tool_choice":"auto"}""",
        """["prism-1","global","openai",{"messages":[{"content":"w?","role":"user"}],"model":"m","tool_choice":"auto","tools":[{"function":{"name":"f","parameters":{"properties":{"a":{"type":"number"},"b":{"type":"string"}},"type":"object"}},"type":"function"}]}]""",
        "M2Uf263zBtpdUfcoVEONtSw22CBThJJjvkNPoIZAOnA")]
    public void Golden_vectors(string request, string canonical, string hash)
    {
        using var written = new PooledBuffer();
        PromptHash.Write(written, "global", "openai", Parse(request));

        Assert.Equal(canonical, Encoding.UTF8.GetString(written.Written));
        Assert.Equal(hash, HashOf(request));
    }

    [Theory]
    [InlineData("""{ "messages" : [ { "content" : "Gr\u00fc\u00dfe", "role" : "user" } ], "model" : "gpt-4o" }""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"stream":true}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"user":"someone"}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"safety_identifier":"someone"}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"metadata":{"job":"7"}}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"prompt_cache_key":"k"}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"seed":null}""")]
    public void What_does_not_change_the_answer_does_not_change_the_hash(string request) => Assert.Equal(HashOf(Plain), HashOf(request));

    [Theory]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Grüße"}]}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"grüße"}]}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"system","content":"Grüße"}]}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße","name":"a"}]}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße","user":"a"}]}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"text","text":"Grüße"}]}]}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"},{"role":"user","content":"Grüße"}]}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"temperature":1}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"top_p":1}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"max_tokens":5}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"max_completion_tokens":5}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"stop":"x"}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"n":1}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"seed":1}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"frequency_penalty":1}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"presence_penalty":1}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"tools":[]}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"tool_choice":"none"}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"parallel_tool_calls":false}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"response_format":{"type":"json_object"}}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"reasoning_effort":"low"}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"fallbacks":["ollama"]}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"fallbacks":[]}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"logprobs":true}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"service_tier":"flex"}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"store":true}""")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"Grüße"}],"of_the_future":{"stream":true}}""")]
    public void What_may_change_the_answer_changes_the_hash(string request) => Assert.NotEqual(HashOf(Plain), HashOf(request));

    [Fact]
    public void Scope_and_provider_are_in_the_hash_and_do_not_run_into_each_other()
    {
        var request = Parse(Plain);

        string[] hashes =
        [
            PromptHash.Of("a", "bc", request), PromptHash.Of("ab", "c", request), PromptHash.Of("a\",\"b", "c", request),
            PromptHash.Of("a", "b\",\"c", request), PromptHash.Of("bc", "a", request),
        ];

        Assert.Equal(5, hashes.Distinct().Count());
    }

    [Fact]
    public void What_the_caller_wants_of_the_cache_is_not_in_the_hash() =>
        Assert.Equal(HashOf(Plain), PromptHash.Of("global", "openai", Parse(Plain) with { Cache = new() { NoCache = true } }));

    private static string HashOf(string request) => PromptHash.Of("global", "openai", Parse(request));

    private static ChatRequest Parse(string json) => JsonSerializer.Deserialize(json, ChatJson.Strict.ChatRequest)!;
}
