namespace Prism.Tests.Ollama;

public sealed class OllamaRefusalTests
{
    private const string Hello = """ "model":"m","messages":[{"role":"user","content":"Hello"}] """;

    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"now\"}}", "tool_choice")]
    [InlineData("\"tool_choice\":\"often\"", "tool_choice")]
    [InlineData("\"parallel_tool_calls\":false", "parallel_tool_calls")]
    [InlineData("\"logprobs\":true", "logprobs")]
    [InlineData("\"top_logprobs\":3", "top_logprobs")]
    [InlineData("\"logit_bias\":{\"50256\":-100}", "logit_bias")]
    [InlineData("\"store\":true", "store")]
    [InlineData("\"modalities\":[\"audio\"]", "modalities")]
    [InlineData("\"format\":\"json\"", "format")]
    [InlineData("\"truncate\":false", "truncate")]
    [InlineData("\"stream_options\":{\"include_obfuscation\":true}", "stream_options.include_obfuscation")]
    public void A_parameter_that_Ollama_has_no_word_for_is_found(string parameter, string name)
    {
        Assert.Equal([name], Wire.Format.Requests.FindUnsupported(Wire.Request($$"""{{{Hello}},{{parameter}}}""")).ToArray());
    }

    [Fact]
    public void All_such_parameters_are_found()
    {
        var request = Wire.Request("{" + Hello + ""","n":3,"parallel_tool_calls":false,"logprobs":true,"logit_bias":{"1":1}}""");

        Assert.Equal(["n", "parallel_tool_calls", "logprobs", "logit_bias"], Wire.Format.Requests.FindUnsupported(request).ToArray());
    }

    [Theory]
    [InlineData("\"n\":1")]
    [InlineData("\"tool_choice\":\"auto\"")]
    [InlineData("\"tool_choice\":\"none\"")]
    [InlineData("\"tool_choice\":null")]
    [InlineData("\"parallel_tool_calls\":true")]
    [InlineData("\"logprobs\":false")]
    [InlineData("\"store\":false")]
    [InlineData("\"logit_bias\":{}")]
    [InlineData("\"audio\":null")]
    [InlineData("\"user\":\"someone\"")]
    [InlineData("\"stream_options\":{\"include_usage\":true}")]
    [InlineData("\"think\":true,\"keep_alive\":1,\"options\":{\"top_k\":1}")]
    public void A_parameter_that_asks_for_nothing_or_that_Ollama_knows_is_not(string parameter)
    {
        Assert.Empty(Wire.Format.Requests.FindUnsupported(Wire.Request($$"""{{{Hello}},{{parameter}}}""")));
    }

    [Theory]
    [InlineData("\"reasoning_effort\":\"enormous\"", "reasoning_effort", null)]
    [InlineData("\"reasoning_effort\":\"low\",\"think\":true", "reasoning_effort", null)]
    [InlineData("\"options\":[1]", "options", null)]
    [InlineData("\"options\":\"fast\"", "options", null)]
    [InlineData("\"response_format\":\"json\"", "response_format", null)]
    [InlineData("\"response_format\":{\"type\":1}", "response_format", null)]
    [InlineData("\"response_format\":{\"type\":\"yaml\"}", "response_format.type", null)]
    [InlineData("\"response_format\":{}", "response_format.type", null)]
    [InlineData("\"response_format\":{\"type\":\"json_schema\"}", "response_format.json_schema.schema", null)]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":true}}", "response_format.json_schema.schema", null)]
    [InlineData("\"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"x\"}}]", "tools[0].type", "unsupported_parameter")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}},{\"type\":\"function\"}]", "tools[1].function.name", null)]
    [InlineData(
        "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"strict\":true}}]", "tools[0].function.strict", "unsupported_parameter")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"},\"x\":1}]", "tools[0].x", "unsupported_parameter")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"x\":1}}]", "tools[0].function.x", "unsupported_parameter")]
    public void A_parameter_that_cannot_be_said_is_refused_by_name(string parameter, string name, string? code)
    {
        var error = Wire.Refuse(Wire.Request($$"""{{{Hello}},{{parameter}}}"""));

        Assert.Equal((name, code), (error.Param, error.Code));
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"role":"function","content":"x"}""", "role")]
    [InlineData("""{"content":"x"}""", "role")]
    [InlineData("""{"role":"user","content":"x","name":"Anna"}""", "name")]
    [InlineData("""{"role":"assistant","content":null,"refusal":"No."}""", "refusal")]
    [InlineData("""{"role":"tool","content":"x"}""", "tool_call_id")]
    [InlineData("""{"role":"tool","content":"x","tool_call_id":"call_9"}""", "tool_call_id")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a","type":"custom","custom":{}}]}""", "tool_calls[0].type")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a","type":"function"}]}""", "tool_calls[0].function.name")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"now"},"x":1}]}""", "tool_calls[0].x")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"now","x":1}}]}""", "tool_calls[0].function.x")]
    public void A_message_that_cannot_be_said_is_refused_by_name(string message, string field)
    {
        var error = Wire.Refuse(Wire.Request($$"""{"model":"m","messages":[{"role":"user","content":"Hello"},{{message}}]}"""));

        Assert.Equal("messages[1]." + field, error.Param);
    }

    [Fact]
    public void A_result_before_its_call_is_refused()
    {
        var error = Wire.Refuse(Wire.Request("""
            {"model":"m","messages":[
              {"role":"tool","tool_call_id":"a","content":"1"},
              {"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"now","arguments":"{}"}}]}]}
            """));

        Assert.Equal("messages[0].tool_call_id", error.Param);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("now!")]
    public void Arguments_that_are_no_object_are_refused_and_not_repeated(string arguments)
    {
        var request = Wire.Request("""{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function"}]}]}""");
        var calls = request.Messages[0].ToolCalls!.Value;
        request = request with
        {
            Messages = [request.Messages[0] with { ToolCalls = [calls[0] with { Function = new() { Name = "now", Arguments = arguments } }] }],
        };

        var error = Wire.Refuse(request);

        Assert.Equal("messages[0].tool_calls[0].function.arguments", error.Param);
        Assert.Equal("'messages[0].tool_calls[0].function.arguments' must be the text of a JSON object.", error.Message);
    }

    [Theory]
    [InlineData("""{"type":"text"}""", "text")]
    [InlineData("""{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}""", "input_audio")]
    [InlineData("""{"type":"refusal"}""", "type")]
    [InlineData("""{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}""", "cache_control")]
    [InlineData("""{"type":"image_url"}""", "image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"https://example.com/cat.png"}}""", "image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"http://169.254.169.254/latest"}}""", "image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/png;base64"}}""", "image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/png;base64,"}}""", "image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/png;base64,not base64!"}}""", "image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/png,iVBORw0KGgo="}}""", "image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","x":1}}""", "image_url.x")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/svg+xml,%3Csvg%3E"}}""", "image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:application/pdf;base64,JVBERi0="}}""", "image_url.url")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}}""", "image_url.detail")]
    public void A_part_that_cannot_be_said_is_refused_by_name(string part, string field)
    {
        var error = Wire.Refuse(Wire.Request(
            $$"""{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Look"},{{part}}]}]}"""));

        Assert.Equal("messages[0].content[1]." + field, error.Param);
    }

    [Fact]
    public void An_image_at_an_address_is_refused_with_what_to_do_instead()
    {
        var error = Wire.Refuse(Wire.Request("""
            {"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/secret-cat.png"}}]}]}
            """));

        Assert.Equal(
            "Provider 'ollama' does not support 'messages[0].content[0].image_url.url': an image has to be inline, as a data: URL.",
            error.Message);
    }
}
