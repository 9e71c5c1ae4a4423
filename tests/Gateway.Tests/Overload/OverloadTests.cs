using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;

namespace Prism.Tests.Overload;

/// <summary>More requests, or slower clients, than there is room for.</summary>
public sealed class OverloadTests : IAsyncLifetime
{
    private const int PieceSize = 4096;

    private GatewayHost _host = null!;

    public async Task InitializeAsync() => _host = await GatewayHost.StartAsync(services => services.Configure<OverloadOptions>(overload =>
    {
        (overload.MaxConcurrentRequests, overload.MaxQueuedRequests) = (1, 0);
        overload.StreamWriteTimeout = TimeSpan.FromSeconds(30);
    }));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_request_too_many_is_asked_to_come_back_and_the_next_is_served()
    {
        var end = new TaskCompletionSource<ChatOutcome>();
        _host.Chat.OnComplete((_, _) => end.Task);
        var first = _host.PostAsync("/v1/chat", GatewayHost.Hello);
        await _host.Chat.NextCallAsync();

        using var refused = await _host.PostAsync("/V1/chat/completions", GatewayHost.Hello);
        using var models = await _host.Client.GetAsync("/v1/models");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(("1", "1000"), (GatewayTest.HeaderOf(refused, "retry-after"), GatewayTest.HeaderOf(refused, "retry-after-ms")));
        var error = await GatewayTest.ReadErrorAsync(refused);
        Assert.Equal(("server_error", "overloaded"), (error.Type, error.Code));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, models.StatusCode);
        end.SetResult(new() { Response = Answers.Text("Hi"), Route = ScriptedChat.Route });
        using var answer = await first;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        // The end of a request is after its answer.
        await _host.Log.NextRequestAsync();
        await _host.Log.NextRequestAsync();
        await _host.Log.NextRequestAsync();
        using var next = await _host.PostAsync("/v1/chat", GatewayHost.Hello);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/healthz/live")]
    [InlineData("/health")]
    [InlineData("/providers")]
    public async Task Who_looks_after_an_overloaded_silo_gets_an_answer(string path)
    {
        _host.Chat.OnComplete(static (_, token) => new TaskCompletionSource<ChatOutcome>().Task.WaitAsync(token));
        var first = _host.PostAsync("/v1/chat", GatewayHost.Hello);
        await _host.Chat.NextCallAsync();

        using var answer = await _host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task A_client_that_takes_nothing_of_its_stream_is_let_go_and_little_was_made_for_it()
    {
        var made = 0;
        _host.Chat.OnStream((_, token) => EndlessAsync(() => Interlocked.Increment(ref made), token));
        using var client = RawClient.Connect(_host, receiveBuffer: 8 * 1024);
        await client.SendAsync(string.Create(CultureInfo.InvariantCulture,
            $"POST /v1/chat HTTP/1.1\nHost: prism\nContent-Type: application/json\nContent-Length: {GatewayHost.HelloStream.Length}\n\n{GatewayHost.HelloStream}"));
        var (_, token) = await _host.Chat.NextCallAsync();
        var let = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(let.SetResult);

        // As long as the client's and the server's buffers take more, no time-out runs. Time passes only once they do not.
        var had = 0;
        await Until.TrueAsync("it is let go", () =>
        {
            if (had * PieceSize >= 64 * 1024 && had == Volatile.Read(ref made))
            {
                _host.Time.Advance(TimeSpan.FromSeconds(10));
            }

            had = Volatile.Read(ref made);
            return Task.FromResult(let.Task.IsCompleted);
        });

        Assert.Equal(200, ((Serilog.Events.ScalarValue)(await _host.Log.NextRequestAsync()).Properties["StatusCode"]).Value);
        // The kernel's buffers have most of it: up to 4 MB, and as much again by the way it counts.
        Assert.InRange(made * PieceSize, 64 * 1024, 16 * 1024 * 1024);
    }

    private static async IAsyncEnumerable<ChatStreamEvent> EndlessAsync(Action onPiece, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var piece = Answers.Piece(new string('x', PieceSize));
        yield return Answers.Started;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            onPiece();
            yield return piece;
            await Task.Yield();
        }
    }
}
