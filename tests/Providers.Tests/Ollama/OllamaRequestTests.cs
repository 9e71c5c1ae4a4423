using System.Text.Json;
using Prism.Formats.Framing;

namespace Prism.Tests.Ollama;

public sealed class OllamaRequestTests
{
    private const string Hello = """ "model":"m","messages":[{"role":"user","content":"Hello"}] """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whether_to_stream_is_always_said(bool stream)
    {
        var body = JsonElement.Parse(Wire.Write(Wire.Request("{" + Hello + "}") with { Stream = stream }));

        Assert.Equal(stream, body.GetProperty("stream").GetBoolean());
    }

    [Theory]
    [InlineData("none", "false")]
    [InlineData("minimal", "\"low\"")]
    [InlineData("low", "\"low\"")]
    [InlineData("medium", "\"medium\"")]
    [InlineData("high", "\"high\"")]
    [InlineData("xhigh", "\"high\"")]
    public void Reasoning_effort_is_the_level_to_think_at(string effort, string think)
    {
        var body = JsonElement.Parse(Wire.Write(Wire.Request("{" + Hello + "}") with { ReasoningEffort = effort }));

        Assert.Equal(think, body.GetProperty("think").GetRawText());
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("\"high\"")]
    public void Think_is_passed_on_as_it_is(string think)
    {
        var body = JsonElement.Parse(Wire.Write(Wire.Request($$"""{{{Hello}},"think":{{think}}}""")));

        Assert.Equal(think, body.GetProperty("think").GetRawText());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("\"5m\"")]
    public void Keep_alive_is_passed_on_as_it_is(string keepAlive)
    {
        var body = JsonElement.Parse(Wire.Write(Wire.Request($$"""{{{Hello}},"keep_alive":{{keepAlive}}}""")));

        Assert.Equal(keepAlive, body.GetProperty("keep_alive").GetRawText());
    }

    [Fact]
    public void Parameters_of_Ollamas_own_that_are_null_are_not_sent()
    {
        var body = JsonElement.Parse(Wire.Write(Wire.Request("{" + Hello + ""","think":null,"keep_alive":null,"options":null}""")));

        Assert.Equal(["model", "messages", "stream"], body.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void Tools_that_must_not_be_called_are_not_sent()
    {
        var request = Wire.Request("{" + Hello + ""","tool_choice":"none","tools":[{"type":"function","function":{"name":"now"}}]}""");

        Assert.False(JsonElement.Parse(Wire.Write(request)).TryGetProperty("tools", out _));
    }

    [Fact]
    public void The_latest_call_of_an_id_names_the_function()
    {
        var body = JsonElement.Parse(Wire.Write(Wire.Request("""
            {"model":"m","messages":[
              {"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"first","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"a","content":"1"},
              {"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"second","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"a","content":"2"}]}
            """)));

        Assert.Equal("first", body.GetProperty("messages")[1].GetProperty("tool_name").GetString());
        Assert.Equal("second", body.GetProperty("messages")[3].GetProperty("tool_name").GetString());
    }

    [Fact]
    public void Nothing_of_Prisms_own_is_sent()
    {
        var request = Wire.Request("{" + Hello + ""","template":"t","variables":{"a":1},"user":"someone"}""") with { Provider = "ollama" };

        Assert.Equal(["model", "messages", "stream"], JsonElement.Parse(Wire.Write(request)).EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("sk-1", "Bearer sk-1")]
    public async Task The_key_is_sent_where_there_is_one(string? key, string? expected)
    {
        using var message = new HttpRequestMessage();

        await Wire.Api.Authentication.AuthenticateAsync(message, default, key, CancellationToken.None);

        Assert.Equal(expected, message.Headers.Authorization?.ToString());
        Assert.Equal(expected is null ? 0 : 1, message.Headers.Count());
    }

    [Fact]
    public void It_is_the_chat_endpoint_and_lines()
    {
        Assert.Equal("http://up/api/chat", Wire.Api.Addressing.At("http://up").For("m", stream: false).AbsoluteUri);
        Assert.Equal(StreamFraming.JsonLines, Wire.Format.Answers.Framing);
    }
}
