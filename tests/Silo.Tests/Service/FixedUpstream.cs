using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prism.Tests.Service;

/// <summary>A provider that answers every request with the same JSON, and allocates nothing for it.</summary>
internal sealed class FixedUpstream : IDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _answer;

    public FixedUpstream(string json)
    {
        _answer = Encoding.UTF8.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");
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
            var request = new byte[64 * 1024];
            while (HttpBytes.ReceiveMessage(connection, request, 0) > 0)
            {
                connection.Send(_answer);
            }
        }
    }
}

/// <summary>Messages of HTTP as bytes, one at a time on a connection.</summary>
internal static class HttpBytes
{
    /// <summary>Receives one message with a <c>Content-Length</c>.</summary>
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

        var name = message.IndexOf("Content-Length: "u8);
        var body = name >= 0 && System.Buffers.Text.Utf8Parser.TryParse(message[(name + 16)..], out int bytes, out _) ? bytes : 0;
        return end + 4 + body;
    }
}
