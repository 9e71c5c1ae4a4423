using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Chat;

public class ChatRequestValidatorTests
{
    [Theory]
    [InlineData("""{}""", "messages", "'messages' must have at least one message.")]
    [InlineData("""{"messages":[]}""", "messages", "'messages' must have at least one message.")]
    [InlineData("""{"messages":[null]}""", "messages[0]", "'messages[0]' must be an object.")]
    [InlineData("""{"messages":[{"content":"a"}]}""", "messages[0].role", "'messages[0].role' is missing.")]
    [InlineData(
        """{"messages":[{"role":"user","content":"a"},{"role":"robot","content":"a"}]}""",
        "messages[1].role",
        "'messages[1].role' must be one of system, developer, user, assistant, tool.")]
    [InlineData(
        """{"messages":[{"role":"User","content":"a"}]}""",
        "messages[0].role",
        "'messages[0].role' must be one of system, developer, user, assistant, tool.")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content", "'messages[0].content' is missing.")]
    [InlineData("""{"messages":[{"role":"user","content":null,"extra":1}]}""", "messages[0].content", "'messages[0].content' is missing.")]
    [InlineData("""{"messages":[{"role":"assistant"}]}""", "messages[0].content", "'messages[0].content' is missing.")]
    [InlineData("""{"messages":[{"role":"tool","content":"a"}]}""", "messages[0].tool_call_id", "'messages[0].tool_call_id' is missing.")]
    [InlineData("""{"messages":[{"role":"user","content":[]}]}""", "messages[0].content", "'messages[0].content' must have at least one part.")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"a"}]}]}""", "messages[0].content[0].type", "'messages[0].content[0].type' is missing.")]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text"}]}]}""",
        "messages[0].content[1].text",
        "'messages[0].content[1].text' is missing.")]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}""",
        "messages[0].content[0].image_url.url",
        "'messages[0].content[0].image_url.url' is missing.")]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]}""",
        "messages[0].content[0].image_url.url",
        "'messages[0].content[0].image_url.url' is missing.")]
    [InlineData(
        """{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f"}}]}]}""",
        "messages[0].tool_calls[0]",
        "'messages[0].tool_calls[0]' must have an id and a function with a name.")]
    [InlineData(
        """{"messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{}}]}]}""",
        "messages[0].tool_calls[0]",
        "'messages[0].tool_calls[0]' must have an id and a function with a name.")]
    [InlineData(
        """{"messages":[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f"}},null]}]}""",
        "messages[0].tool_calls[1]",
        "'messages[0].tool_calls[1]' must have an id and a function with a name.")]
    public void A_message_that_cannot_be_right_is_refused(string json, string param, string message) =>
        AssertRefused(JsonSerializer.Deserialize(json, ChatJson.Strict.ChatRequest)!, param, message);

    [Fact]
    public void A_model_name_has_a_bound() => AssertRefused(
        Ask() with { Model = new('m', 257) }, "model", "'model' must have at most 256 characters.");

    [Theory]
    [InlineData("""{"tools":[null]}""", "tools[0].type", "'tools[0].type' is missing.")]
    [InlineData("""{"tools":[{"function":{"name":"f"}}]}""", "tools[0].type", "'tools[0].type' is missing.")]
    [InlineData("""{"tools":[{"type":"function"}]}""", "tools[0].function.name", "'tools[0].function.name' is missing.")]
    [InlineData("""{"tools":[{"type":"web_search"},{"type":"function","function":{}}]}""", "tools[1].function.name", "'tools[1].function.name' is missing.")]
    [InlineData("""{"temperature":-0.1}""", "temperature", "'temperature' must be from 0 to 2, not -0.1.")]
    [InlineData("""{"temperature":2.1}""", "temperature", "'temperature' must be from 0 to 2, not 2.1.")]
    [InlineData("""{"top_p":-0.1}""", "top_p", "'top_p' must be from 0 to 1, not -0.1.")]
    [InlineData("""{"top_p":1.1}""", "top_p", "'top_p' must be from 0 to 1, not 1.1.")]
    [InlineData("""{"frequency_penalty":-2.1}""", "frequency_penalty", "'frequency_penalty' must be from -2 to 2, not -2.1.")]
    [InlineData("""{"frequency_penalty":2.1}""", "frequency_penalty", "'frequency_penalty' must be from -2 to 2, not 2.1.")]
    [InlineData("""{"presence_penalty":-2.1}""", "presence_penalty", "'presence_penalty' must be from -2 to 2, not -2.1.")]
    [InlineData("""{"presence_penalty":2.1}""", "presence_penalty", "'presence_penalty' must be from -2 to 2, not 2.1.")]
    [InlineData("""{"max_tokens":0}""", "max_tokens", "'max_tokens' must be at least 1, not 0.")]
    [InlineData("""{"max_tokens":-1}""", "max_tokens", "'max_tokens' must be at least 1, not -1.")]
    [InlineData("""{"max_completion_tokens":0}""", "max_completion_tokens", "'max_completion_tokens' must be at least 1, not 0.")]
    [InlineData("""{"n":0}""", "n", "'n' must be from 1 to 128, not 0.")]
    [InlineData("""{"n":129}""", "n", "'n' must be from 1 to 128, not 129.")]
    public void A_parameter_out_of_range_is_refused(string json, string param, string message) =>
        AssertRefused(JsonSerializer.Deserialize(json, ChatJson.Strict.ChatRequest)! with { Messages = Ask().Messages }, param, message);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_no_number_is_out_of_every_range(double number)
    {
        Assert.Equal("temperature", ChatRequestValidator.Validate(Ask() with { Temperature = number })!.Param);
        Assert.Equal("top_p", ChatRequestValidator.Validate(Ask() with { TopP = number })!.Param);
    }

    [Theory]
    [InlineData("""{"role":"system","content":""}""")]
    [InlineData("""{"role":"developer","content":"a"}""")]
    [InlineData("""{"role":"user","name":"ada","content":[{"type":"text","text":""},{"type":"image_url","image_url":{"url":"https://a.test"}}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"","format":"wav"}}]}""")]
    [InlineData("""{"role":"assistant","content":"a"}""")]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}""")]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"custom","custom":{"name":"f","input":""}}]}""")]
    [InlineData("""{"role":"assistant","content":null,"refusal":"No."}""")]
    [InlineData("""{"role":"tool","tool_call_id":"1","content":"a"}""")]
    public void A_message_of_every_kind_is_taken(string json) => Assert.Null(ChatRequestValidator.Validate(
        JsonSerializer.Deserialize($$"""{"messages":[{{json}}]}""", ChatJson.Strict.ChatRequest)!));

    [Theory]
    [InlineData("""{"temperature":0,"top_p":0,"frequency_penalty":-2,"presence_penalty":-2,"max_tokens":1,"max_completion_tokens":1,"n":1}""")]
    [InlineData("""{"temperature":2,"top_p":1,"frequency_penalty":2,"presence_penalty":2,"max_tokens":2147483647,"n":128,"tools":[],"stop":[]}""")]
    public void The_ends_of_the_ranges_are_in_range(string json) => Assert.Null(ChatRequestValidator.Validate(
        JsonSerializer.Deserialize(json, ChatJson.Strict.ChatRequest)! with { Messages = Ask().Messages }));

    [Fact]
    public void A_part_that_an_Orleans_client_left_null_is_refused()
    {
        var content = new MessageContent([(ContentPart)null!]);

        AssertRefused(
            new() { Messages = [new() { Role = "user", Content = content }] }, "messages[0].content[0]", "'messages[0].content[0]' must be an object.");
    }

    [Fact]
    public void Requests_at_random_are_judged_and_never_throw()
    {
        var random = new Random(20260102);
        var refused = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var request = RandomRequests.Any(random);
            var error = ChatRequestValidator.Validate(request);
            refused += error is null ? 0 : 1;
            Assert.True(error is null or { Kind: ChatErrorKind.InvalidRequest, Param.Length: > 0, Message.Length: > 0 }, $"round {i}");
        }

        // A generator that only made good or only bad ones would prove nothing.
        Assert.InRange(refused, 5_000, 19_900);
    }

    [Fact]
    public void Valid_requests_at_random_all_pass()
    {
        var random = new Random(20260103);
        for (var i = 0; i < 5_000; i++)
        {
            var request = RandomRequests.Valid(random);
            Assert.True(ChatRequestValidator.Validate(request) is null, JsonSerializer.Serialize(request, ChatJson.Lenient.ChatRequest));
        }
    }

    private static void AssertRefused(ChatRequest request, string param, string message)
    {
        var error = ChatRequestValidator.Validate(request)!;
        Assert.Equal((ChatErrorKind.InvalidRequest, param, message), (error.Kind, error.Param, error.Message));
    }
}
