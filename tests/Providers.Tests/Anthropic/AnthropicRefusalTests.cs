using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests.Anthropic;

public sealed class AnthropicRefusalTests
{
    [Theory]
    [InlineData("\"seed\":0", "seed")]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"frequency_penalty\":0.1", "frequency_penalty")]
    [InlineData("\"presence_penalty\":-1", "presence_penalty")]
    [InlineData("\"logit_bias\":{\"1\":2}", "logit_bias")]
    [InlineData("\"logprobs\":true", "logprobs")]
    [InlineData("\"store\":true", "store")]
    [InlineData("\"made_up\":false", "made_up")]
    public void A_parameter_without_a_word_is_named(string property, string name) =>
        Assert.Equal(name, Assert.Single(ProviderApis.Anthropic(new ProviderOptions()).Dialect.Requests.FindUnsupported(AnthropicRequests.Read(property))));

    [Theory]
    [InlineData("\"n\":1,\"frequency_penalty\":0,\"presence_penalty\":0,\"logprobs\":false,\"store\":false,\"logit_bias\":null")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    [InlineData("\"template\":\"t\",\"variables\":{}")]
    public void A_parameter_that_asks_for_nothing_special_is_fine(string properties) =>
        Assert.Empty(ProviderApis.Anthropic(new ProviderOptions()).Dialect.Requests.FindUnsupported(AnthropicRequests.Read(properties)));

    [Theory]
    [InlineData("\"temperature\":1.1", "temperature")]
    [InlineData("\"reasoning_effort\":\"low\",\"temperature\":0.5", "temperature")]
    [InlineData("\"reasoning_effort\":\"huge\"", "reasoning_effort")]
    [InlineData("\"reasoning_effort\":\"low\",\"thinking\":{\"type\":\"adaptive\"}", "reasoning_effort")]
    [InlineData("\"user\":\"u\",\"metadata\":{\"user_id\":\"u\"}", "user")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", "response_format.type")]
    [InlineData("\"response_format\":{\"type\":\"grammar\"}", "response_format.type")]
    [InlineData("\"response_format\":\"json\"", "response_format.type")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\"}}", "response_format.json_schema.schema")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":5}", "response_format.json_schema.schema")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}},{\"type\":\"web_search\"}]", "tools[1].type")]
    [InlineData("\"tools\":[{\"type\":\"function\"}]", "tools[0].function.name")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":5}}]", "tools[0].function.parameters")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"},\"extra\":1}]", "tools[0].extra")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"extra\":1}}]", "tools[0].function.extra")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":\"maybe\"", "tool_choice")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":{\"type\":\"allowed_tools\"}", "tool_choice")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    public void A_parameter_that_cannot_be_said_is_refused(string properties, string param) =>
        AssertRefused(param, AnthropicRequests.Read(properties));

    [Theory]
    [InlineData("""{"role":"robot","content":"a"}""", "messages[1].role")]
    [InlineData("""{"role":"user","content":"a","name":"Ann"}""", "messages[1].name")]
    [InlineData("""{"role":"user","content":[{"type":"text"}]}""", "messages[1].content[0].text")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a"},{"type":"input_audio","input_audio":{}}]}""", "messages[1].content[1].type")]
    [InlineData("""{"role":"user","content":[{"type":"file","file":{}}]}""", "messages[1].content[0].type")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a","extra":1}]}""", "messages[1].content[0].extra")]
    [InlineData("""{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://a.b/c"}}]}""", "messages[1].content[0].type")]
    [InlineData("""{"role":"assistant","content":[{"type":"image_url","image_url":{"url":"https://a.b/c"}}]}""", "messages[1].content[0].type")]
    [InlineData("""{"role":"tool","content":"a"}""", "messages[1].tool_call_id")]
    [InlineData("""{"role":"assistant","thinking_blocks":{}}""", "messages[1].thinking_blocks")]
    [InlineData("""{"role":"assistant","thinking_blocks":[{"type":"thinking"}]}""", "messages[1].thinking_blocks")]
    [InlineData("""{"role":"assistant","thinking_blocks":[{"type":"text","text":"a"}]}""", "messages[1].thinking_blocks")]
    [InlineData("""{"role":"assistant","thinking_blocks":[null]}""", "messages[1].thinking_blocks")]
    public void A_message_that_cannot_be_said_is_refused(string message, string param) =>
        AssertRefused(param, AnthropicRequests.Read(messages: $$"""[{"role":"user","content":"a"},{{message}}]"""));

    [Theory]
    [InlineData("data:image/png;base64")]
    [InlineData("data:image/png,abc")]
    [InlineData("data:;base64,iVBORw0KGgo=")]
    [InlineData("data:image/png;base64,")]
    [InlineData("data:image/png;base64,?")]
    [InlineData("file:///etc/passwd")]
    [InlineData("cat.png")]
    [InlineData("")]
    public void An_image_that_is_neither_on_the_web_nor_inline_is_refused(string url) => AssertRefused(
        "messages[0].content[0].image_url.url",
        AnthropicRequests.Read(messages: $$$"""[{"role":"user","content":[{"type":"image_url","image_url":{"url":"{{{url}}}"}}]}]"""));

    [Theory]
    [InlineData("""{"id":"t","type":"function","function":{"name":"f","arguments":"[1]"}}""", "function.arguments")]
    [InlineData("""{"id":"t","type":"function","function":{"name":"f","arguments":"{\"a\":"}}""", "function.arguments")]
    [InlineData("""{"type":"function","function":{"name":"f","arguments":"{}"}}""", "id")]
    [InlineData("""{"id":"t","type":"function","function":{"arguments":"{}"}}""", "function.name")]
    [InlineData("""{"id":"t","type":"custom","function":{"name":"f"}}""", "type")]
    public void A_tool_call_that_cannot_be_said_is_refused(string call, string param) => AssertRefused(
        "messages[1].tool_calls[0]." + param,
        AnthropicRequests.Read(messages: $$"""[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{{call}}]}]"""));

    [Theory]
    [InlineData("""[{"role":"system","content":"a"}]""")]
    [InlineData("""[{"role":"user","content":""}]""")]
    public void A_conversation_in_which_nobody_speaks_is_refused(string messages) =>
        AssertRefused("messages", AnthropicRequests.Read(messages: messages));

    [Fact]
    public void Arguments_that_are_not_valid_Unicode_are_refused()
    {
        const string Messages = """
            [{"role":"user","content":"a"},
             {"role":"assistant","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{\"a\":\"\\ud800\"}"}}]}]
            """;

        AssertRefused(null, AnthropicRequests.Read(messages: Messages));
    }

    private static void AssertRefused(string? param, ChatRequest request)
    {
        var error = AnthropicRequests.Refuse(request);

        Assert.NotNull(error);
        Assert.Equal(ChatErrorKind.InvalidRequest, error.Kind);
        Assert.Equal(param, error.Param);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }
}
