using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prism.Tests.Service;

/// <summary>A provider that answers every request with the same bytes, and allocates nothing for it.</summary>
internal sealed class FixedUpstream : IDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[][] _pieces;

    /// <param name="json">The whole answer.</param>
    public FixedUpstream(string json)
        : this("application/json", [json])
    {
    }

    /// <param name="contentType">Of the answer.</param>
    /// <param name="pieces">The answer, in the pieces in which it is sent.</param>
    public FixedUpstream(string contentType, string[] pieces)
    {
        var head = $"HTTP/1.1 200 OK\r\nContent-Type: {contentType}\r\nContent-Length: {pieces.Sum(Encoding.UTF8.GetByteCount)}\r\n\r\n";
        _pieces = [.. pieces.Select((piece, index) => Encoding.UTF8.GetBytes(index == 0 ? head + piece : piece))];
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public string Url => $"http://{_listener.LocalEndPoint}/v1";

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = _listener.Accept();
                new Thread(() => Answer(connection)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // The end of the test.
        }
    }

    private void Answer(Socket connection)
    {
        using (connection)
        {
            connection.NoDelay = true;
            var request = new byte[64 * 1024];
            while (HttpBytes.ReceiveMessage(connection, request, 0) > 0)
            {
                foreach (var piece in _pieces)
                {
                    connection.Send(piece);
                    Thread.Yield();
                }
            }
        }
    }
}

/// <summary>Messages of HTTP as bytes, one at a time on a connection.</summary>
internal static class HttpBytes
{
    /// <summary>Receives one message, which has a <c>Content-Length</c> or comes in chunks.</summary>
    /// <returns>Its length; 0 at the end of the connection.</returns>
    public static int ReceiveMessage(Socket socket, byte[] buffer, int received)
    {
        while (true)
        {
            if (LengthOf(buffer.AsSpan(0, received)) is var length && length > 0 && received >= length)
            {
                return length;
            }

            var count = socket.Receive(buffer.AsSpan(received), SocketFlags.None, out var error);
            if (count == 0 || error != SocketError.Success)
            {
                return 0;
            }

            received += count;
        }
    }

    // 0 where the headers are not whole yet.
    private static int LengthOf(ReadOnlySpan<byte> message)
    {
        var end = message.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return 0;
        }

        if (message[..end].IndexOf("Transfer-Encoding: chunked"u8) >= 0)
        {
            return message.EndsWith("\r\n0\r\n\r\n"u8) ? message.Length : 0;
        }

        var name = message.IndexOf("Content-Length: "u8);
        var body = name >= 0 && System.Buffers.Text.Utf8Parser.TryParse(message[(name + 16)..], out int bytes, out _) ? bytes : 0;
        return end + 4 + body;
    }
}
