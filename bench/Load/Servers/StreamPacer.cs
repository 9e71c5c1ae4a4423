using System.Net.Sockets;
using Prism.Bench.Generator;

namespace Prism.Bench.Servers;

/// <summary>
/// Sends the tokens of all paced streams from one thread, each when it is due. One timer per stream would cost more than the tokens and would
/// fire up to a millisecond late.
/// </summary>
internal sealed class StreamPacer : IDisposable
{
    private readonly PriorityQueue<PacedStream, long> _due = new();
    private readonly SemaphoreSlim _any = new(0);
    private volatile bool _disposed;

    public StreamPacer() => new Thread(Run) { IsBackground = true, Name = "pacer" }.Start();

    /// <summary>Sends a token several times, first at once. The task completes after the last one, or when the socket fails.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="token">The bytes of one token.</param>
    /// <param name="count">The number of tokens.</param>
    /// <param name="milliseconds">The time between two tokens.</param>
    public Task SendAsync(Socket socket, byte[] token, int count, int milliseconds)
    {
        var stream = new PacedStream(socket, token, count, milliseconds * 1_000_000L);
        lock (_due)
        {
            _due.Enqueue(stream, Clock.Now);
        }

        _any.Release();
        return stream.Sent;
    }

    public void Dispose()
    {
        _disposed = true;
        _any.Dispose();
    }

    private void Run()
    {
        while (!_disposed)
        {
            if (TryTake(out var stream, out var at))
            {
                SendOne(stream, at);
            }
            else if (at == 0)
            {
                _any.Wait();
            }
            else
            {
                // A stream that begins during this wait is delayed by at most a millisecond.
                Clock.WaitUntil(Math.Min(at, Clock.Now + 1_000_000));
            }
        }
    }

    private bool TryTake(out PacedStream stream, out long at)
    {
        lock (_due)
        {
            return _due.TryPeek(out stream!, out at) && at <= Clock.Now && _due.TryDequeue(out stream!, out at);
        }
    }

    private void SendOne(PacedStream stream, long at)
    {
        if (stream.TrySendOne())
        {
            // A stream that is late by more than a token skips tokens. Otherwise the late streams of an overloaded machine would stop all new ones.
            var next = Math.Max(at, Clock.Now - (2 * stream.Pace)) + stream.Pace;
            lock (_due)
            {
                _due.Enqueue(stream, next);
            }
        }
    }

    private sealed class PacedStream(Socket socket, byte[] token, int count, long pace)
    {
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = count;

        public Task Sent => _sent.Task;

        /// <summary>The time between two tokens, in nanoseconds.</summary>
        public long Pace => pace;

        /// <returns>Whether more tokens are to be sent.</returns>
        public bool TrySendOne()
        {
            try
            {
                socket.Send(token);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                _left = 1;
            }

            _left--;
            if (_left > 0)
            {
                return true;
            }

            _sent.SetResult();
            return false;
        }
    }
}
