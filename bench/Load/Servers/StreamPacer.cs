using System.Net.Sockets;
using Prism.Bench.Generator;

namespace Prism.Bench.Servers;

/// <summary>
/// Sends the tokens of all paced streams from one thread, each when it is due. A timer for each stream would cost more than the tokens, and
/// come late by up to a millisecond.
/// </summary>
internal sealed class StreamPacer : IDisposable
{
    private readonly PriorityQueue<PacedStream, long> _due = new();
    private readonly SemaphoreSlim _any = new(0);
    private volatile bool _disposed;

    public StreamPacer() => new Thread(Run) { IsBackground = true, Name = "pacer" }.Start();

    /// <summary>Sends so many tokens, the first at once. Ends when the last is sent, or cannot be.</summary>
    public Task SendAsync(Socket socket, int tokens, int milliseconds)
    {
        var stream = new PacedStream(socket, tokens, milliseconds * 1_000_000L);
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
                // A stream that begins meanwhile waits for a millisecond at most.
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
            lock (_due)
            {
                _due.Enqueue(stream, at + stream.Pace);
            }
        }
    }

    private sealed class PacedStream(Socket socket, int tokens, long pace)
    {
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = tokens;

        public Task Sent => _sent.Task;

        /// <summary>The time between two tokens, in nanoseconds.</summary>
        public long Pace => pace;

        /// <returns>Whether there are more to send.</returns>
        public bool TrySendOne()
        {
            try
            {
                socket.Send(Answers.Token);
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
