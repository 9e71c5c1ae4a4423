using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prism.Bench.Servers;

/// <summary>
/// A provider that takes as little of the machine as can be: no HTTP server, answers made before. The path says what it does:
/// <c>/json/…</c> answers whole, <c>/stream-{tokens}-{pace}/…</c> token by token, with so many milliseconds between two, or 0.
/// </summary>
internal static class FastUpstream
{
    private const int BufferSize = 64 * 1024;

    public static async Task<int> RunAsync(int port, CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(4096);
        using var pacer = new StreamPacer();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(cancellationToken);
                socket.NoDelay = true;
                _ = ServeAsync(socket, pacer);
            }
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    private static async Task ServeAsync(Socket socket, StreamPacer pacer)
    {
        using (socket)
        {
            var buffer = new byte[BufferSize];
            try
            {
                while (await ReadPathAsync(socket, buffer) is { } path)
                {
                    await AnswerAsync(socket, path, pacer);
                }
            }
            catch (SocketException)
            {
                // Prism left.
            }
        }
    }

    private static async ValueTask AnswerAsync(Socket socket, string path, StreamPacer pacer)
    {
        if (path.Split('/')[1].Split('-') is not ["stream", var count, var pace])
        {
            await socket.SendAsync(Answers.Json, SocketFlags.None);
            return;
        }

        var (tokens, milliseconds) = (int.Parse(count, CultureInfo.InvariantCulture), int.Parse(pace, CultureInfo.InvariantCulture));
        await socket.SendAsync(Answers.StreamHead, SocketFlags.None);
        if (milliseconds > 0)
        {
            await pacer.SendAsync(socket, tokens, milliseconds);
        }

        for (var i = 0; i < tokens && milliseconds == 0; i++)
        {
            await socket.SendAsync(Answers.Token, SocketFlags.None);
        }

        await socket.SendAsync(Answers.StreamEnd, SocketFlags.None);
    }

    // Reads one request to its end, of which only the first line is looked at.
    private static async ValueTask<string?> ReadPathAsync(Socket socket, byte[] buffer)
    {
        var (length, end) = (0, -1);
        while (end < 0)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None);
            if (count == 0)
            {
                return null;
            }

            length += count;
            end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
        }

        var head = Encoding.ASCII.GetString(buffer, 0, end);
        var framing = RequestFraming.Of(head);
        var rest = framing.Add(buffer.AsSpan(end + 4, length - end - 4));
        while (!rest)
        {
            var count = await socket.ReceiveAsync(buffer, SocketFlags.None);
            if (count == 0)
            {
                return null;
            }

            rest = framing.Add(buffer.AsSpan(0, count));
        }

        return head.Split(' ', 3)[1];
    }
}
