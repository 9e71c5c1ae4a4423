using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Attempts;

/// <summary>What a client is told of how its answer came about.</summary>
public sealed class FailoverHeadersTests : GatewayTest
{
    private static readonly AnswerInfo Route = new()
    {
        Provider = "ollama",
        Model = "llama3.1",
        Attempts = 4,
        Warnings = ["Provider 'ollama' does not support 'n', which was left out.", "Provider 'ollama' does not support 'grüße\n', which was left out."],
    };

    [Fact]
    public async Task A_stream_that_fails_before_it_begins_says_who_was_asked()
    {
        Host.Chat.Stream(new ChatError { Kind = ChatErrorKind.UpstreamServerError, Message = "No.", Provider = "ollama", Route = Route });

        using var answer = await Host.PostAsync("/v1/chat", GatewayHost.HelloStream);

        Assert.Equal(502, (int)answer.StatusCode);
        Assert.Equal(("ollama", "4"), (HeaderOf(answer, "x-prism-provider"), HeaderOf(answer, "x-prism-attempts")));
    }

    [Theory]
    [InlineData(GatewayHost.Hello)]
    [InlineData(GatewayHost.HelloStream)]
    public async Task An_answer_of_a_fallback_says_so(string body)
    {
        Host.Chat.Answer(new ChatOutcome { Response = Answers.Text("Hi"), Route = Route });
        Host.Chat.Stream(new ChatStreamEvent { Started = Route }, new ChatStreamEvent { Completed = ChatUsage.Of(1, 1) });

        using var answer = await Host.PostAsync("/v1/chat/completions", body);

        Assert.Equal(("ollama", "4"), (HeaderOf(answer, "x-prism-provider"), HeaderOf(answer, "x-prism-attempts")));
        Assert.Equal(
            "Provider 'ollama' does not support 'n', which was left out. Provider 'ollama' does not support 'gr??e?', which was left out.",
            HeaderOf(answer, "x-prism-warnings"));
    }
}
