using System.Net;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Drain;

/// <summary>What becomes of calls that are under way when the process stops.</summary>
public sealed class DrainTests : GatewayTest
{
    [Theory]
    [InlineData("/v1/chat")]
    [InlineData("/v1/chat/completions")]
    public async Task A_stream_goes_on_to_its_end_while_there_is_time(string path)
    {
        var pieces = Host.Chat.StreamByHand();
        pieces.TryWrite(Answers.Started);
        pieces.TryWrite(Answers.Piece("Hi"));
        await using var client = await StreamClient.OpenAsync(Host, path);
        await client.ReadEventAsync();

        Host.Drain.Close();
        pieces.TryWrite(Answers.Completed);

        Assert.EndsWith("data: [DONE]\n\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat")]
    [InlineData("/v1/chat/completions")]
    public async Task A_stream_that_takes_longer_ends_with_an_error_event_and_its_call_with_it(string path)
    {
        var pieces = Host.Chat.StreamByHand();
        pieces.TryWrite(Answers.Started);
        pieces.TryWrite(Answers.Piece("Hi"));
        await using var client = await StreamClient.OpenAsync(Host, path);
        await client.ReadEventAsync();
        var (_, token) = await Host.Chat.NextCallAsync();

        Host.Drain.End();

        Assert.Equal(
            "data: {\"error\":{\"message\":\"The server is shutting down and could not finish this request. Please retry.\",\"type\":\"server_error\",\"param\":null,\"code\":\"stopping\"}}\n\n",
            await client.ReadToEndAsync());
        Assert.True(token.IsCancellationRequested);
    }

    [Theory]
    [InlineData(GatewayHost.Hello)]
    [InlineData(GatewayHost.HelloStream)]
    public async Task A_call_without_an_answer_yet_is_asked_to_come_back(string body)
    {
        Host.Chat.StreamByHand();
        Host.Chat.OnComplete(static (_, token) => new TaskCompletionSource<ChatOutcome>().Task.WaitAsync(token));
        var answer = Host.PostAsync("/v1/chat", body);
        await Host.Chat.NextCallAsync();

        Host.Drain.End();

        using var response = await answer;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("1", HeaderOf(response, "retry-after"));
        Assert.Equal("stopping", (await ReadErrorAsync(response)).Code);
    }
}
