using System.ClientModel;
using System.Text;
using System.Text.Json;
using OpenAI.Chat;

namespace Prism.Tests.Service;

/// <summary>The official OpenAI SDK, unchanged, through the whole service to each type of provider.</summary>
public sealed class OpenAiSdkTests : IAsyncLifetime
{
    private const string Model = "some-model";

    private ScriptedUpstream _upstream = null!;
    private PrismService _prism = null!;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _prism = await PrismService.StartAsync(
            ("LLM_OPENAI_BASE_URL", _upstream.Url + "/v1"), ("LLM_OPENAI_API_KEY", "sk-the-openai-key"),
            ("LLM_ANTHROPIC_BASE_URL", _upstream.Url), ("LLM_ANTHROPIC_API_KEY", "sk-the-anthropic-key"),
            ("LLM_OLLAMA_BASE_URL", _upstream.Url),
            ("LLM_PROVIDERS", "vllm"), ("LLM_VLLM_TYPE", "openai"), ("LLM_VLLM_BASE_URL", _upstream.Url + "/vllm/v1"),
            ("LLM_VLLM_DEFAULT_MODEL", "qwen"));
    }

    public async Task DisposeAsync()
    {
        await _prism.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("ollama")]
    public async Task A_completion_has_text_usage_and_a_finish_reason(string provider)
    {
        _upstream.Respond(Vendor.Of(provider).AnswerAsync);

        ChatCompletion answer = await Sdk(provider).CompleteChatAsync("Hi");

        Assert.Equal("Hello world", answer.Content.Single().Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal((9, 2, 11), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.TotalTokenCount));
        Assert.Contains(Model, _upstream.Received.Single().Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("ollama")]
    public async Task A_stream_has_the_pieces_and_the_usage(string provider)
    {
        _upstream.Respond(Vendor.Of(provider).AnswerAsync);

        var updates = await CollectAsync(Sdk(provider).CompleteChatStreamingAsync("Hi"));

        Assert.Equal(["Hello", " world"], updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text).Where(text => text != ""));
        Assert.Equal(ChatFinishReason.Stop, updates.Single(update => update.FinishReason is not null).FinishReason);
        Assert.Equal(ChatMessageRole.Assistant, updates[0].Role);
        Assert.Equal((9, 2), updates.Where(update => update.Usage is not null).Select(update => (update.Usage.InputTokenCount, update.Usage.OutputTokenCount)).Single());
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("ollama")]
    public async Task A_tool_is_called_and_its_result_goes_back(string provider)
    {
        _upstream.Respond(Vendor.Of(provider).AnswerAsync);
        var sdk = Sdk(provider);
        List<ChatMessage> messages = [new SystemChatMessage("Be brief."), new UserChatMessage("The weather in Oslo?")];

        ChatCompletion asked = await sdk.CompleteChatAsync(messages, WithTool());

        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        var call = Assert.Single(asked.ToolCalls);
        Assert.Equal(("get_weather", "Oslo"), (call.FunctionName, JsonDocument.Parse(call.FunctionArguments).RootElement.GetProperty("city").GetString()));

        messages.Add(new AssistantChatMessage(asked));
        messages.Add(new ToolChatMessage(call.Id, "12 °C"));
        ChatCompletion answer = await sdk.CompleteChatAsync(messages);

        Assert.Equal("Hello world", answer.Content.Single().Text);
        var sent = _upstream.Received[^1].Body;
        Assert.Contains("12 °C", sent, StringComparison.Ordinal);
        Assert.Contains("get_weather", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("ollama")]
    public async Task A_tool_call_streams_in_fragments(string provider)
    {
        _upstream.Respond(Vendor.Of(provider).AnswerAsync);

        var updates = await CollectAsync(Sdk(provider).CompleteChatStreamingAsync([new UserChatMessage("Oslo?")], WithTool()));

        var fragments = updates.SelectMany(update => update.ToolCallUpdates).ToList();
        Assert.All(fragments, fragment => Assert.Equal(0, fragment.Index));
        Assert.NotNull(fragments[0].ToolCallId);
        Assert.Equal("get_weather", fragments[0].FunctionName);
        var arguments = string.Concat(fragments.Select(fragment => fragment.FunctionArgumentsUpdate?.ToString()));
        Assert.Equal("Oslo", JsonDocument.Parse(arguments).RootElement.GetProperty("city").GetString());
        Assert.Equal(ChatFinishReason.ToolCalls, updates.Single(update => update.FinishReason is not null).FinishReason);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("ollama")]
    public async Task An_image_and_a_schema_reach_the_provider(string provider)
    {
        _upstream.Respond(Vendor.Of(provider).AnswerAsync);
        var image = BinaryData.FromBytes(Convert.FromBase64String("iVBORw0KGgo="));
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(
                "answer", BinaryData.FromString("""{"type":"object","properties":{"greeting":{"type":"string"}},"required":["greeting"]}""")),
        };

        await Sdk(provider).CompleteChatAsync(
            [new UserChatMessage(ChatMessageContentPart.CreateTextPart("What is this?"), ChatMessageContentPart.CreateImagePart(image, "image/png"))],
            options);

        var sent = _upstream.Received.Single().Body;
        Assert.Contains("iVBORw0KGgo=", sent, StringComparison.Ordinal);
        Assert.Contains("greeting", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", 400, 400)]
    [InlineData("anthropic", 404, 404)]
    [InlineData("ollama", 429, 429)]
    [InlineData("openai", 401, 502)]
    [InlineData("anthropic", 529, 502)]
    [InlineData("ollama", 500, 502)]
    public async Task An_error_of_the_provider_is_an_error_of_the_sdk(string provider, int upstream, int expected)
    {
        _upstream.Respond(call => call.JsonAsync("""{"type":"error","error":{"type":"some_error","message":"No."}}""", upstream));

        var error = await Assert.ThrowsAsync<ClientResultException>(() => Sdk(provider).CompleteChatAsync("Hi"));

        Assert.Equal(expected, error.Status);
    }

    [Fact]
    public async Task Echo_answers_without_a_provider_behind_it()
    {
        ChatCompletion answer = await _prism.OpenAiSdk("echo/anything").CompleteChatAsync("Hello Prism");
        var updates = await CollectAsync(_prism.OpenAiSdk("echo/anything").CompleteChatStreamingAsync("Hello Prism"));

        Assert.Equal(("Hello Prism", "echo-v1"), (answer.Content.Single().Text, answer.Model));
        Assert.Equal("Hello Prism", string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)));
        Assert.Empty(_upstream.Received);
    }

    [Fact]
    public async Task A_provider_added_by_name_is_one_like_the_others()
    {
        _upstream.Respond(Vendor.OpenAi.AnswerAsync);

        ChatCompletion answer = await _prism.OpenAiSdk("vllm/Qwen/Qwen2.5").CompleteChatAsync("Hi");

        Assert.Equal("Hello world", answer.Content.Single().Text);
        var sent = _upstream.Received.Single();
        Assert.Equal("/vllm/v1/chat/completions", sent.Path);
        Assert.Equal("Qwen/Qwen2.5", JsonDocument.Parse(sent.Body).RootElement.GetProperty("model").GetString());
        Assert.False(sent.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task The_clients_key_stays_here_and_ours_goes_out()
    {
        _upstream.Respond(Vendor.OpenAi.AnswerAsync);

        await Sdk("openai").CompleteChatAsync("Hi");

        Assert.Equal("Bearer sk-the-openai-key", _upstream.Received.Single().Headers["Authorization"]);
    }

    private ChatClient Sdk(string provider) => _prism.OpenAiSdk($"{provider}/{Model}");

    private static ChatCompletionOptions WithTool() => new()
    {
        Tools =
        {
            ChatTool.CreateFunctionTool(
                "get_weather",
                "The weather of a city.",
                BinaryData.FromBytes(Encoding.UTF8.GetBytes("""{"type":"object","properties":{"city":{"type":"string"}}}"""))),
        },
    };

    private static async Task<List<StreamingChatCompletionUpdate>> CollectAsync(AsyncCollectionResult<StreamingChatCompletionUpdate> updates)
    {
        var collected = new List<StreamingChatCompletionUpdate>();
        await foreach (var update in updates)
        {
            collected.Add(update);
        }

        return collected;
    }
}
