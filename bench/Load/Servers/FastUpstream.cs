using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prism.Bench.Servers;

/// <summary>
/// A provider that uses little processor time: it has no HTTP server, and its answers are ready-made. The first segment of the path selects the
/// answer: <c>json</c> gives a whole one, <c>frames-{tokens}-{pace}</c> a stream with a pause of that many milliseconds between two tokens. The
/// answers are OpenAI's, or after <c>anthropic-</c> and <c>ollama-</c> those of these vendors. The body of a request does not matter.
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
                // The client disconnected.
            }
        }
    }

    private static async ValueTask AnswerAsync(Socket socket, string path, StreamPacer pacer)
    {
        var words = path.Split('/', 3)[1].Split('-');
        var (answers, kind) = words[0] switch
        {
            "anthropic" => (Answers.Anthropic, words[1..]),
            "ollama" => (Answers.Ollama, words[1..]),
            _ => (Answers.OpenAi, words),
        };
        if (kind is not ["frames", var count, var pace])
        {
            await socket.SendAsync(answers.Json, SocketFlags.None);
            return;
        }

        var (tokens, milliseconds) = (int.Parse(count, CultureInfo.InvariantCulture), int.Parse(pace, CultureInfo.InvariantCulture));
        await socket.SendAsync(answers.StreamStart, SocketFlags.None);
        if (milliseconds > 0)
        {
            await pacer.SendAsync(socket, answers.Token, tokens, milliseconds);
        }

        for (var i = 0; i < tokens && milliseconds == 0; i++)
        {
            await socket.SendAsync(answers.Token, SocketFlags.None);
        }

        await socket.SendAsync(answers.StreamEnd, SocketFlags.None);
    }

    // Reads one request to its end and returns the path from its first line; null: the client closed the connection.
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
