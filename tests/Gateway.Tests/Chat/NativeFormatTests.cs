using System.Net;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chat;

/// <summary><c>POST /v1/chat</c>, Prism's own format.</summary>
public sealed class NativeFormatTests : GatewayTest
{
    private static readonly ToolCall Weather = new()
    {
        Id = "call_1",
        Type = "function",
        Function = new() { Name = "weather", Arguments = """{"city":"Zürich"}""" },
    };

    [Fact]
    public async Task An_answer_is_one_flat_object()
    {
        Host.Chat.Answer(Answers.Text("Grüße, \"Welt\" – 你好 ☃ <b>&amp;'"));

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        await Golden.EqualAsync("native.json", response);
    }

    [Fact]
    public async Task Letters_beyond_the_basic_plane_arrive()
    {
        Host.Chat.Answer(Answers.Text("👋🏽𝔘"));

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        using var answer = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        Assert.Equal("👋🏽𝔘", answer.RootElement.GetProperty("content").GetString());
    }

    [Fact]
    public async Task Tool_calls_and_reasoning_are_extra_fields()
    {
        Host.Chat.Answer(Answers.Of(
            new AssistantMessage { ToolCalls = [Weather], ReasoningContent = "I need the weather." }, FinishReasons.ToolCalls));

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        await Golden.EqualAsync("native-tools.json", response);
    }

    [Fact]
    public async Task A_refusal_is_an_extra_field()
    {
        Host.Chat.Answer(Answers.Of(new AssistantMessage { Refusal = "No." }, FinishReasons.Stop));

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Contains(""","content":null,"role":"assistant",""", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.EndsWith(""","refusal":"No."}""", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_choices_has_no_content()
    {
        Host.Chat.Answer(Answers.Text("") with { Choices = [] });

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Equal(
            """{"id":"chatcmpl-123","model":"echo-v1","content":null,"role":"assistant","finish_reason":null,"usage":{"prompt_tokens":20,"completion_tokens":10,"total_tokens":30}}""",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_stream_is_delta_pieces_then_an_empty_one_with_the_finish_reason_then_done()
    {
        Host.Chat.Stream(
            Answers.Started,
            Answers.Piece("", role: ChatRoles.Assistant),
            Answers.Piece("Hello"),
            Answers.Piece(" wörld"),
            Answers.Piece(new ChatDelta(), FinishReasons.Stop),
            Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.HelloStream);

        await Golden.EqualAsync("native.sse", response);
    }

    [Fact]
    public async Task A_finish_reason_that_comes_with_text_is_held_to_the_last_event()
    {
        Host.Chat.Stream(
            Answers.Started,
            Answers.Piece("Hello", role: ChatRoles.Assistant),
            Answers.Piece(" wörld", FinishReasons.Stop),
            Answers.Piece(""),
            Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.HelloStream);

        await Golden.EqualAsync("native.sse", response);
    }

    [Fact]
    public async Task Tool_call_fragments_and_reasoning_are_extra_fields_of_the_pieces()
    {
        Host.Chat.Stream(
            Answers.Started,
            Answers.Piece(new ChatDelta { Role = ChatRoles.Assistant, ReasoningContent = "I need the weather." }),
            Answers.Piece(new ChatDelta { ToolCalls = [new() { Index = 0, Id = "call_1", Type = "function", Function = new() { Name = "weather", Arguments = "" } }] }),
            Answers.Piece(new ChatDelta { ToolCalls = [new() { Index = 0, Function = new() { Arguments = """{"city":""" } }] }),
            Answers.Piece(new ChatDelta { ToolCalls = [new() { Index = 0, Function = new() { Arguments = "\"Zürich\"}" } }] }, FinishReasons.ToolCalls),
            Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.HelloStream);

        await Golden.EqualAsync("native-tools.sse", response);
    }

    [Fact]
    public async Task The_usage_comes_with_the_last_event_where_it_was_asked_for()
    {
        Host.Chat.Stream(Answers.Started, Answers.Piece("Hello", FinishReasons.Stop), Answers.Completed);

        using var response = await Host.PostAsync(
            "/v1/chat", """{"messages":[{"role":"user","content":"Hello"}],"stream":true,"stream_options":{"include_usage":true}}""");

        Assert.EndsWith(
            "data: {\"id\":\"chatcmpl-123\",\"model\":\"echo-v1\",\"delta\":\"\",\"finish_reason\":\"stop\","
            + "\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":10,\"total_tokens\":30}}\n\ndata: [DONE]\n\n",
            await response.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_piece_without_choices_is_left_out()
    {
        Host.Chat.Stream(
            Answers.Started,
            Answers.PieceOf("""{"id":"chatcmpl-123","model":"echo-v1","choices":[],"prompt_filter_results":[]}"""),
            Answers.Piece("Hello"),
            Answers.Piece(" wörld", FinishReasons.Stop),
            Answers.Completed);

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.HelloStream);

        await Golden.EqualAsync("native.sse", response);
    }

    [Fact]
    public async Task More_than_one_choice_has_no_room_in_a_flat_answer()
    {
        using var response = await Host.PostAsync("/v1/chat", """{"messages":[{"role":"user","content":"Hello"}],"n":2}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = await ReadErrorAsync(response);
        Assert.Equal("n", error.Param);
        Assert.Contains("/v1/chat/completions", error.Message, StringComparison.Ordinal);
    }
}
