using System.Text;
using Prism.Providers.Upstream;

namespace Prism.Tests.Upstream;

public sealed class UpstreamBodyTests
{
    [Fact]
    public async Task What_is_in_it_is_sent_each_time()
    {
        using var body = Create("some");

        Assert.Equal("some", await body.ReadAsStringAsync());
        Assert.Equal("some".Length, body.Headers.ContentLength);

        using var again = new MemoryStream();
        await body.CopyToAsync(again);
        Assert.Equal("some", Encoding.UTF8.GetString(again.ToArray()));
    }

    [Fact]
    public async Task Its_memory_is_kept_while_it_is_sent_although_the_exchange_is_over()
    {
        var body = Create("still being sent");
        using var wire = new StuckStream();
        var sending = body.CopyToAsync(wire);
        var taken = await wire.Taken.WaitAsync(Patience.Limit);

        body.Dispose();

        Assert.False(sending.IsCompleted);
        Assert.Equal("still being sent", Encoding.UTF8.GetString(taken.Span));
        Assert.NotEqual(0, body.Json.Length);

        wire.GoOn();
        await sending.WaitAsync(Patience.Limit);
        Assert.Equal(0, body.Json.Length);
    }

    [Fact]
    public async Task Once_given_back_it_is_not_sent()
    {
        var body = Create("gone");
        body.Dispose();
        body.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => body.CopyToAsync(Stream.Null));
        Assert.Equal(0, body.Json.Length);
    }

    private static UpstreamBody Create(string text)
    {
        var body = new UpstreamBody();
        body.Json.Append(Encoding.UTF8.GetBytes(text));
        return body;
    }

    private sealed class StuckStream : MemoryStream
    {
        private readonly TaskCompletionSource<ReadOnlyMemory<byte>> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ReadOnlyMemory<byte>> Taken => _taken.Task;

        public void GoOn() => _goOn.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _taken.SetResult(buffer);
            await _goOn.Task;
        }
    }
}
