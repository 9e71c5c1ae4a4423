using System.Text.Json;
using System.Text.Json.Nodes;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;
using ChatUsage = Prism.Grains.Interfaces.Chat.ChatUsage;
using FinishReasons = Prism.Grains.Interfaces.Chat.FinishReasons;
using ToolCall = Prism.Grains.Interfaces.Chat.ToolCall;

namespace Prism.Tests.Ollama;

/// <summary>OllamaSharp as the judge: it sends what we send, and reads what we read.</summary>
public sealed class OllamaSharpTests : IAsyncLifetime
{
    private ScriptedUpstream _upstream = null!;

    public static TheoryData<string> Responses => GoldenFiles.Names("Responses");

    public static TheoryData<string> Streams => GoldenFiles.Names("Streams");

    public async Task InitializeAsync() => _upstream = await ScriptedUpstream.StartAsync(
        call => call.BodyAsync(GoldenFiles.Read("Streams", "text.upstream.jsonl"), "application/x-ndjson"));

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Fact]
    public async Task It_says_a_conversation_with_options_as_we_do()
    {
        await AssertSaysTheSameAsync(
            """
            {"model":"llama3.1","stream":true,"temperature":0.5,"top_p":0.25,"max_tokens":64,"stop":["###"],"seed":7,
             "frequency_penalty":0.5,"presence_penalty":-0.5,"reasoning_effort":"high","keep_alive":"5m","options":{"top_k":40},
             "messages":[{"role":"system","content":"Be terse."},{"role":"user","content":"Hello"},
              {"role":"assistant","content":"Hi.","reasoning_content":"A greeting."},{"role":"user","content":"How are you?"}]}
            """,
            new ChatRequest
            {
                Model = "llama3.1",
                Stream = true,
                Think = "high",
                KeepAlive = "5m",
                Options = new RequestOptions
                {
                    Temperature = 0.5f,
                    TopP = 0.25f,
                    TopK = 40,
                    NumPredict = 64,
                    Stop = ["###"],
                    Seed = 7,
                    FrequencyPenalty = 0.5f,
                    PresencePenalty = -0.5f,
                },
                Messages =
                [
                    new Message(ChatRole.System, "Be terse."),
                    new Message(ChatRole.User, "Hello"),
                    new Message(ChatRole.Assistant, "Hi.") { Thinking = "A greeting." },
                    new Message(ChatRole.User, "How are you?"),
                ],
            });
    }

    [Fact]
    public async Task It_says_images_and_a_schema_as_we_do()
    {
        await AssertSaysTheSameAsync(
            """
            {"model":"llava","stream":true,
             "response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object","properties":{"cat":{"type":"boolean"}}}}},
             "messages":[{"role":"user","content":[
              {"type":"text","text":"A cat?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}]}
            """,
            new ChatRequest
            {
                Model = "llava",
                Stream = true,
                Format = JsonNode.Parse("""{"type":"object","properties":{"cat":{"type":"boolean"}}}"""),
                Messages = [new Message(ChatRole.User, "A cat?", ["iVBORw0KGgo="])],
            });
    }

    [Fact]
    public async Task It_says_tools_and_their_results_as_we_do()
    {
        await AssertSaysTheSameAsync(
            """
            {"model":"qwen3","stream":true,"response_format":{"type":"json_object"},"reasoning_effort":"none",
             "tools":[{"type":"function","function":{"name":"weather","description":"Of a city","parameters":
              {"type":"object","properties":{"city":{"type":"string","description":"Its name"}},"required":["city"]}}}],
             "messages":[{"role":"user","content":"Weather in Paris?"},
              {"role":"assistant","content":null,"tool_calls":[
               {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\",\"days\":2}"}}]},
              {"role":"tool","tool_call_id":"call_1","content":"sunny"}]}
            """,
            new ChatRequest
            {
                Model = "qwen3",
                Stream = true,
                Format = "json",
                Think = false,
                Tools = [WeatherTool()],
                Messages =
                [
                    new Message(ChatRole.User, "Weather in Paris?"),
                    new Message(ChatRole.Assistant, "") { ToolCalls = [WeatherCall()] },
                    new Message(ChatRole.Tool, "sunny") { ToolName = "weather" },
                ],
            });
    }

    [Theory, MemberData(nameof(Streams))]
    public async Task It_reads_a_stream_as_we_do(string name)
    {
        var lines = GoldenFiles.ReadLines("Streams", name + ".upstream.jsonl");
        var chunks = Wire.Decode(Wire.Format.Answers.CreateDecoder(0), lines).Select(one => one.Chunk!).ToList();
        var deltas = chunks.SelectMany(chunk => chunk.Choices).Select(choice => choice.Delta).ToList();

        var (message, done) = await AskAsync(GoldenFiles.Read("Streams", name + ".upstream.jsonl"));

        Assert.Equal(message.Content, string.Concat(deltas.Select(delta => delta.Content)));
        Assert.Equal(message.Thinking ?? "", string.Concat(deltas.Select(delta => delta.ReasoningContent)));
        AssertSameCalls(message, deltas.SelectMany(delta => delta.ToolCalls ?? []));
        AssertSameEnd(done, chunks[^1].Choices[0].FinishReason, chunks[^1].Usage);
    }

    [Theory, MemberData(nameof(Responses))]
    public async Task It_reads_an_answer_as_we_do(string name)
    {
        var body = GoldenFiles.Read("Responses", name + ".upstream.json");
        var response = Wire.Read(body).Response!;
        var ours = response.Choices[0].Message!;

        // It reads every answer as lines.
        var (message, done) = await AskAsync(JsonNode.Parse(body)!.ToJsonString());

        Assert.Equal(message.Content, ours.Content ?? "");
        Assert.Equal(message.Thinking ?? "", ours.ReasoningContent ?? "");
        AssertSameCalls(message, ours.ToolCalls ?? []);
        AssertSameEnd(done, response.Choices[0].FinishReason, response.Usage);
    }

    private static void AssertSameCalls(Message expected, IEnumerable<ToolCall> actual)
    {
        var theirs = (expected.ToolCalls ?? []).Select(call => call.Function!).ToList();
        var ours = actual.Select(call => call.Function!).ToList();
        Assert.Equal(theirs.Select(call => call.Name), ours.Select(call => call.Name));
        Assert.All(theirs.Zip(ours), pair => GoldenFiles.AssertSame(
            JsonSerializer.Serialize(pair.First.Arguments), pair.Second.Arguments!));
    }

    private static void AssertSameEnd(ChatDoneResponseStream done, string? finishReason, ChatUsage? usage)
    {
        if (finishReason != FinishReasons.ToolCalls)
        {
            Assert.Equal(done.DoneReason, finishReason);
        }

        if (usage is not null)
        {
            Assert.Equal((done.PromptEvalCount, done.EvalCount), (usage.PromptTokens, usage.CompletionTokens));
        }
    }

    private static Tool WeatherTool() => new()
    {
        Function = new Function
        {
            Name = "weather",
            Description = "Of a city",
            Parameters = new Parameters
            {
                Properties = new Dictionary<string, Property> { ["city"] = new() { Type = "string", Description = "Its name" } },
                Required = ["city"],
            },
        },
    };

    private static Message.ToolCall WeatherCall() => new()
    {
        Id = "call_1",
        Function = new Message.Function
        {
            Name = "weather",
            Arguments = new Dictionary<string, object?> { ["city"] = "Paris", ["days"] = 2 },
        },
    };

    private async Task AssertSaysTheSameAsync(string ours, ChatRequest theirs)
    {
        await ReadAllAsync(theirs);

        var received = Assert.Single(_upstream.Received);
        Assert.Equal(("POST", Wire.Api.Addressing.At("http://up").For("m", stream: false).AbsolutePath), (received.Method, received.Path));
        var said = JsonNode.Parse(Wire.Write(Wire.Request(ours)))!;
        foreach (var message in said["messages"]!.AsArray())
        {
            // Ollama knows it, OllamaSharp does not.
            message!.AsObject().Remove("tool_call_id");
        }

        var expected = WithoutNulls(JsonNode.Parse(received.Body))!.AsObject();
        // Headers that it puts into the body by mistake.
        Assert.True(expected.Remove("CustomHeaders"));
        GoldenFiles.AssertSame(expected.ToJsonString(), said.ToJsonString());
    }

    // It writes what is not set as null, here and there.
    private static JsonNode? WithoutNulls(JsonNode? node) => node switch
    {
        JsonObject properties => new JsonObject(
            properties.Where(one => one.Value is not null).Select(one => KeyValuePair.Create(one.Key, WithoutNulls(one.Value)))),
        JsonArray elements => new JsonArray([.. elements.Select(WithoutNulls)]),
        _ => node?.DeepClone(),
    };

    private async Task<(Message Message, ChatDoneResponseStream Done)> AskAsync(string answer)
    {
        _upstream.Respond(call => call.BodyAsync(answer, "application/x-ndjson"));
        var pieces = await ReadAllAsync(new ChatRequest { Model = "m", Messages = [new Message(ChatRole.User, "Hello")] });

        var whole = new MessageBuilder();
        pieces.ForEach(whole.Append);
        return (whole.ToMessage(), Assert.IsType<ChatDoneResponseStream>(pieces[^1]));
    }

    private async Task<List<ChatResponseStream>> ReadAllAsync(ChatRequest request)
    {
        using var client = new OllamaApiClient(_upstream.Url);
        var pieces = new List<ChatResponseStream>();
        await foreach (var piece in client.ChatAsync(request))
        {
            pieces.Add(piece!);
        }

        return pieces;
    }
}
