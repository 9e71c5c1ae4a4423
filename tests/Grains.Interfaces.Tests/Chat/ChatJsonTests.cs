using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chat;

/// <summary>The JSON of the chat contracts: what is absent, what is unknown, and what is written back.</summary>
public sealed class ChatJsonTests
{
    [Fact]
    public void An_absent_property_has_its_default()
    {
        var request = Read(ChatJson.Strict.ChatRequest, "{}");
        var response = Read(ChatJson.Strict.ChatResponse, """{"choices":[{"message":{}}]}""");
        var chunk = Read(ChatJson.Strict.ChatChunk, """{"choices":[{}]}""");

        Assert.False(request.Messages.IsDefault);
        Assert.Empty(request.Messages);
        Assert.Null(request.Stop);
        Assert.Null(request.Tools);
        Assert.Equal("chat.completion", response.ObjectType);
        Assert.Equal("assistant", response.Choices[0].Message!.Role);
        Assert.Empty(Read(ChatJson.Strict.ChatResponse, "{}").Choices);
        Assert.Equal("chat.completion.chunk", chunk.ObjectType);
        Assert.Same(ChatDelta.Empty, chunk.Choices[0].Delta);
        Assert.Empty(Read(ChatJson.Strict.ChatChunk, "{}").Choices);
    }

    [Fact]
    public void Null_is_as_good_as_absent()
    {
        Assert.Empty(Read(ChatJson.Lenient.ChatResponse, """{"choices":null,"usage":null}""").Choices);
        Assert.Empty(Read(ChatJson.Lenient.ChatChunk, """{"choices":null}""").Choices);
        Assert.Null(Read(ChatJson.Lenient.ChatRequest, """{"stop":null,"tools":null,"tool_choice":null}""").ToolChoice);
        Assert.Same(ChatDelta.Empty, Read(ChatJson.Lenient.ChatChunk, """{"choices":[{"delta":null}]}""").Choices[0].Delta);
    }

    [Fact]
    public void An_answer_has_the_properties_that_clients_look_for_even_where_they_are_null()
    {
        var response = new ChatResponse { Id = "a", Created = 1, Model = "m", Choices = [new() { Message = new() }] };
        var chunk = new ChatChunk { Id = "a", Created = 1, Model = "m", Choices = [new()] };

        Assert.Equal(
            """{"id":"a","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":null},"logprobs":null,"finish_reason":null}]}""",
            JsonSerializer.Serialize(response, ChatJson.Strict.ChatResponse));
        Assert.Equal(
            """{"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":null}],"usage":null}""",
            JsonSerializer.Serialize(chunk, ChatJson.Strict.ChatChunk));
    }

    [Theory]
    [InlineData("\"END\"", "[\"END\"]")]
    [InlineData("[\"END\",\"\\n\\n\"]", "[\"END\",\"\\n\\n\"]")]
    [InlineData("[]", "[]")]
    public void Stop_is_a_string_or_a_list(string stop, string written) =>
        Assert.Equal("{\"messages\":[],\"stop\":" + written + "}", Rewrite("{\"messages\":[],\"stop\":" + stop + "}"));

    [Theory]
    [InlineData("\"Grüße, 世界 <b>\"")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("""[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA+/=","detail":"low"}}]""")]
    [InlineData("""[{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},{"type":"text","text":"","cache_control":{"type":"ephemeral"}}]""")]
    public void Content_is_a_string_or_parts_and_is_written_as_it_was(string content)
    {
        var json = """{"messages":[{"role":"user","content":""" + content + "}]}";

        Assert.Equal(json, Rewrite(json));
    }

    [Fact]
    public void A_property_of_clients_that_has_the_name_of_one_of_ours_is_kept()
    {
        // OpenRouter's routing preferences.
        const string Json = """{"messages":[],"provider":{"order":["a"]},"output_token_limit":5}""";

        Assert.Equal(Json, Rewrite(Json));
        Assert.Null(Read(ChatJson.Strict.ChatRequest, Json).Provider);
    }

    [Fact]
    public void The_provider_by_name_is_not_in_the_json() =>
        Assert.Equal("""{"messages":[]}""", JsonSerializer.Serialize(new ChatRequest { Provider = "ollama" }, ChatJson.Lenient.ChatRequest));

    [Fact]
    public void The_options_are_made_once()
    {
        Assert.Same(ChatJson.Strict, ChatJson.Strict);
        Assert.Same(ChatJson.Strict.ChatRequest, ChatJson.Strict.ChatRequest);
        Assert.Same(ChatJson.Lenient.Options, ChatJson.Lenient.ChatChunk.Options);
        Assert.True(ChatJson.Lenient.Options.IsReadOnly);
        // Reflection at run time would be slow, and would not know the contracts' rules.
        Assert.Same(ChatJson.Resolver, ChatJson.Lenient.Options.TypeInfoResolver);
    }

    internal static T Read<T>(JsonTypeInfo<T> type, string json) => JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(json), type)!;

    private static string Rewrite(string json) =>
        JsonSerializer.Serialize(Read(ChatJson.Strict.ChatRequest, json), ChatJson.Strict.ChatRequest);
}
