using System.Threading.Channels;
using Prism.Grains.Interfaces.Chat;
using Serilog.Events;

namespace Prism.Tests.Chat;

/// <summary>A client that leaves ends the call upstream.</summary>
public sealed class ClientLeavesTests : GatewayTest
{
    [Fact]
    public async Task A_call_is_cancelled()
    {
        Host.Chat.OnComplete(static (_, token) => NeverAsync<ChatOutcome>(token));
        using var client = new CancellationTokenSource();
        var response = Host.BeginAsync("/v1/chat", GatewayHost.Hello, client.Token);
        var (_, token) = await Host.Chat.NextCallAsync();

        await client.CancelAsync();

        await FiredAsync(token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response);
        await LoggedAsLeftAsync(499);
    }

    [Fact]
    public async Task A_stream_is_cancelled_before_its_first_piece()
    {
        Host.Chat.StreamByHand();
        using var client = new CancellationTokenSource();
        var response = Host.BeginAsync("/v1/chat/completions", GatewayHost.HelloStream, client.Token);
        var (_, token) = await Host.Chat.NextCallAsync();

        await client.CancelAsync();

        await FiredAsync(token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response);
        await LoggedAsLeftAsync(499);
    }

    [Fact]
    public async Task A_stream_is_cancelled_in_the_middle()
    {
        var pieces = Host.Chat.StreamByHand();
        pieces.TryWrite(Answers.Started);
        pieces.TryWrite(Answers.Piece("Hi"));
        var client = await StreamClient.OpenAsync(Host, "/v1/chat");
        await client.ReadEventAsync();
        var (_, token) = await Host.Chat.NextCallAsync();

        await client.DisposeAsync();

        await FiredAsync(token);
        await LoggedAsLeftAsync(200);
    }

    [Fact]
    public async Task A_pipeline_that_does_not_look_at_its_token_is_stopped_at_its_next_piece()
    {
        var pieces = Channel.CreateUnbounded<ChatStreamEvent>();
        var stopped = new TaskCompletionSource();
        Host.Chat.OnStream((_, _) => RelayAsync(pieces.Reader, stopped));
        pieces.Writer.TryWrite(Answers.Started);
        pieces.Writer.TryWrite(Answers.Piece("Hi"));
        var client = await StreamClient.OpenAsync(Host, "/v1/chat");
        await client.ReadEventAsync();
        var (_, token) = await Host.Chat.NextCallAsync();

        await client.DisposeAsync();
        await FiredAsync(token);
        pieces.Writer.TryWrite(Answers.Piece("Nobody reads this."));

        await stopped.Task.WaitAsync(GatewayHost.Deadline);
        await LoggedAsLeftAsync(200);
    }

    private static async IAsyncEnumerable<ChatStreamEvent> RelayAsync(ChannelReader<ChatStreamEvent> pieces, TaskCompletionSource stopped)
    {
        try
        {
            while (true)
            {
                yield return await pieces.ReadAsync();
            }
        }
        finally
        {
            stopped.SetResult();
        }
    }

    private static async Task<T> NeverAsync<T>(CancellationToken cancellationToken)
    {
        await FiredAsync(cancellationToken);
        throw new OperationCanceledException(cancellationToken);
    }

    private static async Task FiredAsync(CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = token.Register(fired.SetResult);
        await fired.Task.WaitAsync(GatewayHost.Deadline, CancellationToken.None);
    }

    private async Task LoggedAsLeftAsync(int status)
    {
        var logged = await Host.Log.NextRequestAsync();
        Assert.Equal(status, (logged.Properties["StatusCode"] as ScalarValue)?.Value);
        // Not an error of ours.
        Assert.Equal(LogEventLevel.Information, logged.Level);
    }
}
