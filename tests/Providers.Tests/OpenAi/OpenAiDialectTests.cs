using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;
using Prism.Tests.Upstream;

namespace Prism.Tests.OpenAi;

/// <summary>OpenAI's words in and out, compared with the files beside this one.</summary>
public sealed class OpenAiDialectTests
{
    private static readonly ProviderApi Api = ProviderApis.OpenAi(new ProviderOptions { Name = "openai" });
    private static readonly Dialect Format = Api.Dialect;

    [Theory]
    [InlineData("minimal", false)]
    [InlineData("minimal", true)]
    [InlineData("everything", false)]
    [InlineData("everything", true)]
    public void A_request_is_sent_on_with_all_that_is_the_providers_business(string name, bool stream)
    {
        var request = JsonSerializer.Deserialize(Read(name + ".request.json"), ChatJson.Strict.ChatRequest)!;

        AssertJson(Read(name + (stream ? ".upstream-stream.json" : ".upstream.json")), Write(request with { Provider = "openai" }, stream));
    }

    [Fact]
    public void The_same_request_is_the_same_bytes()
    {
        var request = JsonSerializer.Deserialize(Read("everything.request.json"), ChatJson.Strict.ChatRequest)!;
        var sent = Write(request, stream: false);

        Assert.Equal(sent, Write(JsonSerializer.Deserialize(sent, ChatJson.Strict.ChatRequest)!, stream: false));
    }

    [Fact]
    public void A_response_comes_back_with_all_that_is_in_it()
    {
        var response = Format.Answers.Read(Encoding.UTF8.GetBytes(Read("everything.response.json")), created: 1).Response!;

        AssertJson(Read("everything.response.json"), JsonSerializer.Serialize(response, ChatJson.Lenient.ChatResponse));
        Assert.Equal("A cat.", response.Choices[0].Message!.Content);
        Assert.Equal("hm", response.Choices[0].Message!.ReasoningContent);
        Assert.Equal("""{"where":"left"}""", response.Choices[1].Message!.ToolCalls!.Value[0].Function!.Arguments);
        Assert.Equal("I cannot.", response.Choices[2].Message!.Refusal);
        Assert.Equal((9, 12, 21), (response.Usage!.PromptTokens, response.Usage.CompletionTokens, response.Usage.TotalTokens));
        Assert.Equal((3, 2), (response.Usage.PromptTokensDetails!.CachedTokens, response.Usage.CompletionTokensDetails!.ReasoningTokens));
    }

    [Fact]
    public void An_error_in_place_of_a_response_is_an_error()
    {
        var error = Format.Answers.Read("""{"error":{"message":"No.","code":"model_not_found"},"choices":null}"""u8, created: 1).Error!;

        Assert.Equal((ChatErrorKind.ModelNotFound, "No."), (error.Kind, error.Message));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("tools")]
    public async Task A_stream_comes_back_with_all_that_is_in_it(string name)
    {
        await using var body = new MemoryStream(Encoding.UTF8.GetBytes(Read(name + ".stream.sse")));
        var decoder = Format.Answers.CreateDecoder(created: 1);
        var chunks = new List<string>();
        await foreach (var events in StreamFrames.ReadAsync(Format.Answers.Framing, body, decoder, default))
        {
            chunks.AddRange(events.Select(streamEvent => JsonSerializer.Serialize(streamEvent.Chunk!, ChatJson.Lenient.ChatChunk)));
        }

        Assert.True(decoder.IsComplete);
        var expected = Read(name + ".chunks.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Length, chunks.Count);
        Assert.All(expected.Zip(chunks), pair => AssertJson(pair.First, pair.Second));
    }

    [Fact]
    public async Task A_key_is_optional()
    {
        using var message = new HttpRequestMessage();

        await Api.Authentication.AuthenticateAsync(message, default, apiKey: null, CancellationToken.None);

        Assert.Empty(message.Headers);
    }

    private static string Write(ChatRequest request, bool stream)
    {
        Assert.Empty(Format.Requests.FindUnsupported(request));
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(Format.Requests.Write(output, request, stream));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine("OpenAi", "Golden", name));

    // Known properties that are null mean the same as absent ones, and are not written back everywhere.
    private static void AssertJson(string expected, string actual) => Assert.True(
        JsonNode.DeepEquals(WithoutNulls(JsonNode.Parse(expected)), WithoutNulls(JsonNode.Parse(actual))),
        $"Expected: {expected}\nActual:   {actual}");

    private static JsonNode? WithoutNulls(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject properties:
                foreach (var (name, value) in properties.ToArray())
                {
                    if (value is null && !name.StartsWith("x_", StringComparison.Ordinal))
                    {
                        properties.Remove(name);
                    }
                    else
                    {
                        WithoutNulls(value);
                    }
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    WithoutNulls(item);
                }

                break;
        }

        return node;
    }
}
