using System.Text;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chat;

/// <summary>What clients may not send, and what providers may all the same.</summary>
public sealed class StrictJsonTests
{
    public static TheoryData<string> Duplicates => new(
        """{"model":"a","model":"b"}""",
        """{"model":"a","mod\u0065l":"b"}""",
        """{"x":1,"x":2}""",
        """{"x":{"y":1,"y":2}}""",
        """{"x":[[{"y":1,"y":2}]]}""",
        """{"messages":[{"role":"user","role":"user"}]}""",
        """{"messages":[{"role":"user","x":1,"x":1}]}""",
        """{"messages":[{"role":"user","content":[{"type":"text","type":"text"}]}]}""",
        """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"a","url":"b"}}]}]}""",
        """{"messages":[{"role":"user","content":[{"type":"file","file":{"id":"a","id":"b"}}]}]}""",
        """{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","name":"g"}}]}]}""",
        """{"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","type":"array"}}}]}""",
        """{"tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"a":{"type":"string","type":"number"}}}}}]}""",
        """{"tool_choice":{"type":"function","type":"function"}}""",
        """{"response_format":{"json_schema":{"schema":{"a":1,"a":1}}}}""",
        """{"stream_options":{"include_usage":true,"include_usage":false}}""",
        """{"variables":{"a":1,"a":2}}""",
        """{"variables":{"a":{"b":1,"b":2}}}""");

    public static TheoryData<string, string> WrongTypes => new()
    {
        { """{"messages":[{"role":"user"},{"role":5}]}""", "$.messages[1].role" },
        { """{"temperature":"hot"}""", "$.temperature" },
        { """{"max_tokens":1.5}""", "$.max_tokens" },
        { """{"max_tokens":99999999999}""", "$.max_tokens" },
        { """{"messages":{"role":"user"}}""", "$.messages" },
        { """{"messages":[{"content":5}]}""", "$.messages[0].content" },
        { """{"messages":[{"content":["a"]}]}""", "$.messages[0].content" },
        { """{"messages":[{"content":[{"text":"a"},{"image_url":{"url":7}}]}]}""", "$.messages[0].content" },
        { """{"stop":5}""", "$.stop" },
        { """{"stop":["a",5]}""", "$.stop" },
        { """{"stream":"yes"}""", "$.stream" },
        { """{"tools":[{"function":{"name":[]}}]}""", "$.tools[0].function.name" },
        { """{"variables":[]}""", "$.variables" },
    };

    [Theory]
    [MemberData(nameof(Duplicates))]
    public void A_client_may_not_set_a_property_twice_but_a_provider_may(string json)
    {
        Assert.Throws<JsonException>(() => ReadStrictly(json));
        Assert.NotNull(ChatJsonTests.Read(ChatJson.Lenient.ChatRequest, json));
    }

    [Theory]
    [InlineData("""{"x":""", "}")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"x","x":""", "}]}]}")]
    [InlineData("""{"tools":[{"function":{"parameters":""", "}}]}")]
    public void A_client_may_not_nest_deeper_than_32(string before, string after)
    {
        var outside = before.Count(letter => letter is '{' or '[');

        Assert.NotNull(ReadStrictly(before + Nested(32 - outside) + after));
        Assert.Throws<JsonException>(() => ReadStrictly(before + Nested(33 - outside) + after));
        Assert.NotNull(ChatJsonTests.Read(ChatJson.Lenient.ChatRequest, before + Nested(128 - outside) + after));
    }

    [Theory]
    [MemberData(nameof(WrongTypes))]
    public void A_wrong_type_is_refused_with_the_place_it_is_at(string json, string path)
    {
        var exception = Assert.Throws<JsonException>(() => ReadStrictly(json));

        Assert.Equal(path, exception.Path);
    }

    [Theory]
    [InlineData("""{"x":"\ud800"}""")]
    [InlineData("""{"x":[{"y":"a\udc00b"}]}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"messages":[{"content":"\ud800"}]}""")]
    [InlineData("""{"messages":[{"content":[{"type":"x","x":"\ud800"}]}]}""")]
    [InlineData("""{"tools":[{"function":{"parameters":{"\udc00":1}}}]}""")]
    public void Text_that_no_encoding_can_carry_is_refused_where_it_is_read(string json) =>
        Assert.Throws<JsonException>(() => ReadStrictly(json));

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_where_they_are_read() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize([.. "{\"x\":\""u8, 0xff, .. "\"}"u8], ChatJson.Strict.ChatRequest));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("""{"model":"a",}""")]
    [InlineData("""{"model":"a" /* b */}""")]
    [InlineData("[]")]
    public void What_is_not_one_json_object_is_refused(string json) => Assert.Throws<JsonException>(() => ReadStrictly(json));

    private static string Nested(int depth) => new StringBuilder().Append('[', depth).Append(']', depth).ToString();

    private static ChatRequest ReadStrictly(string json) => ChatJsonTests.Read(ChatJson.Strict.ChatRequest, json);
}
