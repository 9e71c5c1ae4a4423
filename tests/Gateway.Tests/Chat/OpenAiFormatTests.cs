using System.Net;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chat;

/// <summary><c>POST /v1/chat/completions</c>, OpenAI's format.</summary>
public sealed class OpenAiFormatTests : GatewayTest
{
    private const string AskForUsage =
        """{"messages":[{"role":"user","content":"Hello"}],"stream":true,"stream_options":{"include_usage":true}}""";

    [Fact]
    public async Task An_answer_is_a_chat_completion()
    {
        Host.Chat.Answer(Answers.Text("Grüße ☃"));

        using var response = await Host.PostAsync("/v1/chat/completions", GatewayHost.Hello);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Golden.EqualAsync("openai.json", response);
    }

    [Fact]
    public async Task Fields_that_Prism_does_not_know_come_back()
    {
        const string answer =
            """{"id":"a","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","refusal":null,"annotations":[{"a":"ä"}]},"logprobs":null,"finish_reason":"stop","content_filter_results":{"hate":{"filtered":false}}}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":4},"cost":0.25},"service_tier":"default","system_fingerprint":"fp_1"}""";
        Host.Chat.Answer(Answers.AnswerOf(answer));

        using var response = await Host.PostAsync("/v1/chat/completions", GatewayHost.Hello);

        Assert.Equal(answer, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_stream_is_chunks_whose_first_has_the_role_and_none_the_usage()
    {
        Host.Chat.Stream(
            Answers.Started,
            Answers.Piece("", role: ChatRoles.Assistant),
            Answers.Piece("Grüße"),
            Answers.Piece(" ☃"),
            Answers.Piece(new ChatDelta(), FinishReasons.Stop),
            Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat/completions", GatewayHost.HelloStream);

        await Golden.EqualAsync("openai.sse", response);
    }

    [Fact]
    public async Task The_usage_is_one_more_chunk_where_it_was_asked_for()
    {
        Host.Chat.Stream(
            Answers.Started,
            Answers.Piece("Hello", role: ChatRoles.Assistant),
            Answers.Piece(new ChatDelta(), FinishReasons.Stop),
            new ChatChunk { Id = Answers.Id, Created = Answers.Created, Model = "echo-v1" },
            Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat/completions", AskForUsage);

        await Golden.EqualAsync("openai-usage.sse", response);
    }

    [Fact]
    public async Task A_tool_call_is_streamed_in_fragments()
    {
        Host.Chat.Stream(
            Answers.Started,
            Answers.Piece(new ChatDelta
            {
                Role = ChatRoles.Assistant,
                ToolCalls = [new() { Index = 0, Id = "call_1", Type = "function", Function = new() { Name = "weather", Arguments = "" } }],
            }),
            Answers.Piece(new ChatDelta { ToolCalls = [new() { Index = 0, Function = new() { Arguments = """{"city":""" } }] }),
            Answers.Piece(new ChatDelta { ToolCalls = [new() { Index = 0, Function = new() { Arguments = "\"Zürich\"}" } }] }),
            Answers.Piece(new ChatDelta(), FinishReasons.ToolCalls),
            Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat/completions", GatewayHost.HelloStream);

        await Golden.EqualAsync("openai-tools.sse", response);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_providers_own_usage_chunk_is_not_passed_on_beside_ours(bool asked)
    {
        Host.Chat.Stream(
            Answers.Started,
            Answers.PieceOf("""{"id":"a","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}],"system_fingerprint":"fp"}"""),
            Answers.PieceOf("""{"id":"a","created":1,"model":"m","choices":[],"system_fingerprint":"fp"}"""),
            Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat/completions", asked ? AskForUsage : GatewayHost.HelloStream);

        var usage = """
            data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":10,"total_tokens":30},"system_fingerprint":"fp"}


            """.ReplaceLineEndings("\n");
        Assert.Equal(
            "data: {\"id\":\"a\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":null,\"system_fingerprint\":\"fp\"}\n\n"
            + (asked ? usage : "")
            + "data: [DONE]\n\n",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_first_chunk_without_choices_is_passed_on_with_what_is_in_it()
    {
        const string first =
            """{"id":"","object":"chat.completion.chunk","created":0,"model":"","choices":[],"usage":null,"prompt_filter_results":[{"prompt_index":0}]}""";
        Host.Chat.Stream(Answers.Started, Answers.PieceOf(first), Answers.Piece("Hi", FinishReasons.Stop), Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat/completions", GatewayHost.HelloStream);

        Assert.StartsWith($"data: {first}\n\ndata: {{\"id\":\"chatcmpl-123\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_choices_keep_their_places()
    {
        Host.Chat.Stream(
            Answers.Started,
            new ChatChunk { Id = "a", Choices = [new() { Index = 1, Delta = new() { Content = "b" } }] },
            new ChatChunk { Id = "a", Choices = [new() { Index = 0, Delta = new() { Content = "a" } }] },
            Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat/completions", """{"messages":[],"n":2,"stream":true}""");

        Assert.Equal(2, (await Host.Chat.NextCallAsync()).Request.N);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(body.IndexOf("\"index\":1", StringComparison.Ordinal) < body.IndexOf("\"index\":0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/v1/chat")]
    [InlineData("/v1/chat/completions")]
    public async Task Stream_options_are_for_streams(string path)
    {
        using var response = await Host.PostAsync(path, """{"messages":[],"stream_options":{"include_usage":true}}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("stream_options", (await ReadErrorAsync(response)).Param);
    }
}
