using System.Net;
using System.Net.Sockets;

namespace Prism.Bench.Generator;

/// <summary>One connection that repeats one request.</summary>
internal sealed class LoadConnection(int port, LoadPlan plan, ReadOnlyMemory<byte> request, LoadRecord record) : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(10);

    private readonly Response _response = new(plan.Expect);
    private Socket? _socket;
    private volatile bool _disposed;

    /// <summary>Sends the request once and reads the answer.</summary>
    /// <param name="intended">When the request was scheduled to begin. Its latency counts from then.</param>
    public async Task ExchangeAsync(long intended)
    {
        try
        {
            _socket ??= await ConnectAsync();
            await SendAsync(_socket);
            await ReceiveAsync(_socket, intended);
            record.OnCompleted(intended, Clock.Now, _response.Failure);
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            if (!_disposed)
            {
                record.OnCompleted(intended, Clock.Now, exception.Message);
            }

            _socket?.Dispose();
            _socket = null;
            // Without a pause, a server that refuses connections would be tried in a busy loop.
            await Task.Delay(RetryDelay);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _socket?.Dispose();
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private async ValueTask SendAsync(Socket socket)
    {
        for (var rest = request; !rest.IsEmpty;)
        {
            rest = rest[await socket.SendAsync(rest, SocketFlags.None)..];
        }
    }

    private async ValueTask ReceiveAsync(Socket socket, long intended)
    {
        _response.Reset(plan.IsStreamed);
        for (var last = 0L; !_response.IsComplete;)
        {
            var count = await socket.ReceiveAsync(_response.Free, SocketFlags.None);
            if (count == 0)
            {
                throw new IOException("The connection was closed before the end of the answer.");
            }

            var events = _response.Advance(count);
            if (events > 0)
            {
                var now = Clock.Now;
                record.OnEvents(events, now, last, intended);
                last = now;
            }
        }
    }
}
