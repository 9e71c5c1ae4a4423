using System.Text;
using System.Text.Json;
using Anthropic;
using Anthropic.Models.Messages;
using Prism.Providers;

namespace Prism.Tests.Anthropic;

/// <summary>Anthropic's own SDK as the judge of what Prism sends, and of what these tests take for Anthropic's answers.</summary>
public sealed class AnthropicSdkTests : IAsyncLifetime
{
    private ScriptedUpstream _upstream = null!;

    public static TheoryData<string> Requests => GoldenFiles.Names("Requests");

    public static TheoryData<string> Responses => GoldenFiles.Names("Responses");

    public static TheoryData<string> Streams => GoldenFiles.Names("Streams");

    public async Task InitializeAsync() => _upstream = await ScriptedUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Theory, MemberData(nameof(Requests))]
    public void What_is_sent_are_the_SDKs_types(string name)
    {
        var body = Parse(GoldenFiles.Read("Requests", name + ".out.json"));

        var read = MessageCreateParams.FromRawUnchecked(new Dictionary<string, JsonElement>(), new Dictionary<string, JsonElement>(), body);

        Assert.InRange(read.MaxTokens, 1, long.MaxValue);
        Assert.NotEmpty(read.Messages);
        foreach (var message in read.Messages)
        {
            message.Validate();
            Assert.NotNull(message.Value);
            Assert.True(message.Content!.TryPickContentBlockParams(out var blocks));
            Assert.All(blocks, block => Assert.NotNull(block.Value));
        }

        read.System?.Validate();
        read.Metadata?.Validate();
        read.OutputConfig?.Validate();
        read.Thinking?.Validate();
        read.ToolChoice?.Validate();
        Assert.All(read.Tools ?? [], tool => Assert.True(tool.TryPickTool(out _)));
        Assert.All(read.Tools ?? [], tool => tool.Validate());
    }

    [Fact]
    public async Task A_call_with_tools_is_what_the_SDK_sends_for_it()
    {
        await SendAsync(new()
        {
            Model = AnthropicRequests.Model,
            MaxTokens = 1000,
            Messages =
            [
                User(new TextBlockParam("What is the weather in Wien and Graz?")),
                Assistant(
                    new TextBlockParam("I will look."),
                    new ToolUseBlockParam { ID = "toolu_1", Name = "get_weather", Input = Parse("""{"city":"Wien","at":1e3}""") },
                    new ToolUseBlockParam { ID = "toolu_2", Name = "get_time", Input = Parse("{}") }),
                User(
                    new ToolResultBlockParam("toolu_1") { Content = new List<Block> { new TextBlockParam("Sunny, 21 °C") } },
                    new ToolResultBlockParam("toolu_2"),
                    new TextBlockParam("And in Linz?")),
            ],
            Tools =
            [
                new Tool
                {
                    Name = "get_weather",
                    Description = "The weather of a city",
                    Strict = true,
                    InputSchema = InputSchema.FromRawUnchecked(Parse(
                        """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""")),
                },
                new Tool { Name = "get_time", InputSchema = new() { Properties = Parse("{}") }, CacheControl = new() },
            ],
            ToolChoice = new ToolChoiceTool("get_weather") { DisableParallelToolUse = true },
        });

        AssertJson.Equal(_upstream.Received[0].Body, GoldenFiles.Read("Requests", "tools.out.json"));
    }

    [Fact]
    public async Task A_call_with_thinking_is_what_the_SDK_sends_for_it()
    {
        await SendAsync(new()
        {
            Model = AnthropicRequests.Model,
            MaxTokens = 2148,
            Messages =
            [
                User(new TextBlockParam("What is 27 * 453?")),
                Assistant(
                    new ThinkingBlockParam { Thinking = "I should calculate.", Signature = "EqQBCgIYAhIM" },
                    new RedactedThinkingBlockParam("EmwKAhgBEgy3va3pzix"),
                    new ToolUseBlockParam { ID = "toolu_1", Name = "multiply", Input = Parse("""{"a":27,"b":453}""") }),
                User(new ToolResultBlockParam("toolu_1") { Content = new List<Block> { new TextBlockParam("12231") } }),
                Assistant(new TextBlockParam("12231")),
                User(new TextBlockParam("Thanks")),
            ],
            Tools = [new Tool { Name = "multiply", InputSchema = new() }],
            Thinking = new ThinkingConfigEnabled(2048),
        });

        // The SDK speaks a later version of the API, which has no temperature.
        AssertJson.Equal(
            _upstream.Received[0].Body, GoldenFiles.Read("Requests", "thinking.out.json").Replace("\"temperature\": 1,", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_for_structured_output_is_what_the_SDK_sends_for_it()
    {
        await SendAsync(new()
        {
            Model = "claude-opus-4-7",
            MaxTokens = 4096,
            Messages = [User(new TextBlockParam("Name a city."))],
            OutputConfig = new()
            {
                Effort = Effort.Low,
                Format = new()
                {
                    Schema = Parse(
                        """{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}"""),
                },
            },
            Thinking = new ThinkingConfigAdaptive(),
        });

        AssertJson.Equal(_upstream.Received[0].Body, GoldenFiles.Read("Requests", "structured_output.out.json"));
        Assert.False(_upstream.Received[0].Headers.ContainsKey("anthropic-beta"));
        Assert.Equal("/v1/messages", _upstream.Received[0].Path);
    }

    [Theory, MemberData(nameof(Responses))]
    public async Task An_answer_means_to_the_SDK_what_it_means_to_Prism(string name)
    {
        var body = GoldenFiles.Read("Responses", name + ".in.json");
        _upstream.Respond(call => call.JsonAsync(body));

        var message = await CreateClient().Messages.Create(Hello);
        var response = ProviderApis.Anthropic(new ProviderOptions()).Dialect.Answers.Read(Encoding.UTF8.GetBytes(body), 0).Response!;

        message.Validate();
        var ours = response.Choices[0].Message!;
        Assert.Equal(message.ID, response.Id);
        Assert.Equal(message.Usage.OutputTokens, response.Usage!.CompletionTokens);
        Assert.Equal(
            message.Usage.InputTokens + (message.Usage.CacheCreationInputTokens ?? 0) + (message.Usage.CacheReadInputTokens ?? 0),
            response.Usage.PromptTokens);
        Assert.Equal(Texts(message.Content), ours.Content ?? "");
        Assert.Equal(
            message.Content.Select(block => block.TryPickToolUse(out var call) ? call.ID + call.Name : null).OfType<string>(),
            (ours.ToolCalls ?? []).Select(call => call.Id + call.Function!.Name));
    }

    [Theory, MemberData(nameof(Streams))]
    public async Task A_stream_means_to_the_SDK_what_it_means_to_Prism(string name)
    {
        var sse = GoldenFiles.Read("Streams", name + ".in.sse");
        _upstream.Respond(call => call.BodyAsync(sse, "text/event-stream"));
        var (text, arguments, outputTokens) = ("", "", 0L);
        var servers = new HashSet<long>();
        await foreach (var streamEvent in CreateClient().Messages.CreateStreaming(Hello))
        {
            streamEvent.Validate();
            if (streamEvent.TryPickContentBlockStart(out var start) && start.ContentBlock.TryPickServerToolUse(out _))
            {
                // A call that Anthropic's own servers make and answer: not one for the client.
                servers.Add(start.Index);
            }

            if (streamEvent.TryPickContentBlockDelta(out var delta) && !servers.Contains(delta.Index))
            {
                text += delta.Delta.TryPickText(out var piece) ? piece.Text : "";
                arguments += delta.Delta.TryPickInputJson(out var json) ? json.PartialJson : "";
            }

            outputTokens = streamEvent.TryPickDelta(out var end) ? end.Usage.OutputTokens : outputTokens;
        }

        var decoder = ProviderApis.Anthropic(new ProviderOptions()).Dialect.Answers.CreateDecoder(0);
        var chunks = (await SlicedStream.DecodeAsync(sse, decoder)).ConvertAll(one => one.Chunk!);
        var fragments = chunks.SelectMany(chunk => chunk.Choices[0].Delta.ToolCalls ?? []).Select(call => call.Function!.Arguments);
        Assert.Equal(text, string.Concat(chunks.Select(chunk => chunk.Choices[0].Delta.Content)));
        // Of a call without arguments Anthropic sends none, and Prism an empty object.
        Assert.Equal(arguments, string.Concat(fragments.Where(fragment => fragment != "{}")));
        Assert.Equal(outputTokens, (long)chunks[^1].Usage!.CompletionTokens);
    }

    private static MessageCreateParams Hello => new() { Model = AnthropicRequests.Model, MaxTokens = 10, Messages = [User(new TextBlockParam("Hi"))] };

    private static MessageParam User(params ContentBlockParam[] blocks) => new UserMessageParam(new List<ContentBlockParam>(blocks));

    private static MessageParam Assistant(params ContentBlockParam[] blocks) => new AssistantMessageParam(new List<ContentBlockParam>(blocks));

    private static string Texts(IEnumerable<ContentBlock> blocks) =>
        string.Concat(blocks.Select(block => block.TryPickText(out var text) ? text.Text : ""));

    private static Dictionary<string, JsonElement> Parse(string json) =>
        JsonElement.Parse(json).EnumerateObject().ToDictionary(property => property.Name, property => property.Value);

    private AnthropicClient CreateClient() => new() { BaseUrl = _upstream.Url, ApiKey = "key", MaxRetries = 0 };

    private async Task SendAsync(MessageCreateParams call)
    {
        _upstream.Respond(received => received.JsonAsync(GoldenFiles.Read("Responses", "text.in.json")));
        await CreateClient().Messages.Create(call);
    }
}
