using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using Prism.Formats.OpenAi.Chat;
using Prism.Tests.Upstream;

namespace Prism.Tests.OpenAi;

/// <summary>
/// The official SDK as the judge: between it and its provider, Prism's contracts lose nothing and add nothing. A server stands in for the
/// gateway; it does no more than to read the request as the contract, to make the call, and to write the answer.
/// </summary>
public sealed class OpenAiSdkTests : IAsyncLifetime, IDisposable
{
    private ScriptedUpstream _upstream = null!;
    private ScriptedUpstream _between = null!;
    private ProviderUnderTest _provider = null!;
    private ChatClient _client = null!;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _provider = new ProviderUnderTest(_upstream.Url);
        _between = await ScriptedUpstream.StartAsync(RelayAsync);
        _client = new ChatClient("gpt-4o-mini", new ApiKeyCredential("of-the-client"), new OpenAIClientOptions
        {
            Endpoint = new Uri(_between.Url + "/v1"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        });
    }

    public void Dispose() => _provider.Dispose();

    public async Task DisposeAsync()
    {
        await _between.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task A_conversation_with_images_tools_and_structured_output_arrives_as_it_was_sent()
    {
        _upstream.Respond(call => call.JsonAsync(ReadGolden("tools.response.json")));

        ChatCompletion completion = await _client.CompleteChatAsync(Conversation, Options);

        AssertSentOn(stream: false);
        Assert.Equal("A cat.", completion.Content[0].Text);
        Assert.Equal("chatcmpl-1", completion.Id);
        Assert.Equal(ChatFinishReason.ToolCalls, completion.FinishReason);
        Assert.Equal("""{"where":"left"}""", Assert.Single(completion.ToolCalls).FunctionArguments.ToString());
        Assert.Equal("A", Assert.Single(completion.ContentTokenLogProbabilities).Token);
        Assert.Equal((9, 12, 3), (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, completion.Usage.InputTokenDetails.CachedTokenCount));
    }

    [Fact]
    public async Task A_streamed_conversation_arrives_as_it_was_sent()
    {
        _upstream.Respond(call => call.BodyAsync(ReadGolden("tools.stream.sse"), "text/event-stream"));

        var updates = new List<StreamingChatCompletionUpdate>();
        await foreach (var update in _client.CompleteChatStreamingAsync(Conversation, Options))
        {
            updates.Add(update);
        }

        AssertSentOn(stream: true);
        var fragments = updates.SelectMany(update => update.ToolCallUpdates).ToLookup(
            fragment => fragment.Index, fragment => fragment.FunctionArgumentsUpdate.ToString());
        Assert.Equal("""{"where":1}""", string.Concat(fragments[0]));
        Assert.Equal("{}", string.Concat(fragments[1]));
        Assert.Equal(ChatFinishReason.ToolCalls, updates.Single(update => update.FinishReason is not null).FinishReason);
        Assert.Equal(12, updates.Single(update => update.Usage is not null).Usage.TotalTokenCount);
    }

    [Fact]
    public async Task Text_is_streamed_as_it_was_sent()
    {
        _upstream.Respond(call => call.BodyAsync(ReadGolden("text.stream.sse"), "text/event-stream"));

        var text = "";
        await foreach (var update in _client.CompleteChatStreamingAsync("Hello"))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        }

        AssertSentOn(stream: true);
        Assert.Equal("Grüße 👋\n", text);
    }

    private static ChatCompletionOptions Options => new()
    {
        Temperature = 0.3f,
        TopP = 0.95f,
        FrequencyPenalty = -2,
        PresencePenalty = 1.5f,
        MaxOutputTokenCount = 50,
        StopSequences = { "END", "\n\n" },
        IncludeLogProbabilities = true,
        TopLogProbabilityCount = 2,
        LogitBiases = { [50256] = -100 },
        Metadata = { ["a"] = "b" },
        StoredOutputEnabled = false,
        EndUserId = "u-1",
        AllowParallelToolCalls = false,
        Tools =
        {
            ChatTool.CreateFunctionTool("look", "Looks.", BinaryData.FromString("""{"type":"object","properties":{"where":{"type":["string","null"]}}}"""), true),
            ChatTool.CreateFunctionTool("wait"),
        },
        ToolChoice = ChatToolChoice.CreateFunctionChoice("look"),
        ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("n", BinaryData.FromString("""{"type":"object","properties":{}}"""), "d", true),
    };

    private static OpenAI.Chat.ChatMessage[] Conversation =>
    [
        new SystemChatMessage("Be brief."),
        new UserChatMessage(
            ChatMessageContentPart.CreateTextPart("What are these? <b> 👋"),
            ChatMessageContentPart.CreateImagePart(new Uri("https://example.org/a.png"), ChatImageDetailLevel.Low),
            ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes([1, 2, 3, 255]), "image/png"))
        {
            ParticipantName = "ann",
        },
        new AssistantChatMessage([ChatToolCall.CreateFunctionToolCall("call_1", "look", BinaryData.FromString("""{"where": "left"}"""))]),
        new ToolChatMessage("call_1", "a cat"),
        new AssistantChatMessage("A cat."),
        new UserChatMessage("Sure?"),
    ];

    private async Task RelayAsync(UpstreamCall call)
    {
        var request = JsonSerializer.Deserialize(call.Request.Body, ChatJson.Strict.ChatRequest)!;
        if (request.Stream is not true)
        {
            var result = await _provider.Provider.CompleteAsync(request, call.ClientLeft);
            await call.JsonAsync(JsonSerializer.Serialize(result.Response!, ChatJson.Lenient.ChatResponse));
            return;
        }

        await call.StartStreamAsync();
        await foreach (var streamEvent in _provider.Provider.StreamAsync(request, call.ClientLeft))
        {
            await call.WriteAsync(OpenAiEvents.Event(JsonSerializer.Serialize(streamEvent.Chunk!, ChatJson.Lenient.ChatChunk)));
        }

        await call.WriteAsync(OpenAiEvents.Event(OpenAiEvents.Done));
    }

    private void AssertSentOn(bool stream)
    {
        var (sent, received) = (JsonNode.Parse(Assert.Single(_between.Received).Body)!, JsonNode.Parse(Assert.Single(_upstream.Received).Body)!);
        if (stream)
        {
            sent["stream_options"] = new JsonObject { ["include_usage"] = true };
        }

        Assert.True(JsonNode.DeepEquals(sent, received), $"Sent:     {sent.ToJsonString()}\nReceived: {received.ToJsonString()}");
    }

    private static string ReadGolden(string name) => File.ReadAllText(Path.Combine("OpenAi", "Golden", name));
}
