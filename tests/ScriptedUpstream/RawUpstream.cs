using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prism.Tests;

/// <summary>A listening socket that answers each request with bytes as they are, and then closes: for what a web server would not do.</summary>
public sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    /// <param name="answer">All that is sent.</param>
    /// <param name="reset">Whether to close with a reset, not in good order.</param>
    /// <param name="close">When to close; a reset overtakes what has not been read. Null: at once.</param>
    public RawUpstream(string answer, bool reset = false, Task? close = null)
    {
        _listener.Start();
        _serving = ServeAsync(answer, reset, close ?? Task.CompletedTask);
    }

    public string Url => "http://" + _listener.LocalEndpoint;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync(string answer, bool reset, Task close)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await ReadRequestAsync(client.GetStream());
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(answer));
                await close;
                if (reset)
                {
                    client.Client.Close(0);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // Stopped, in an accept or before one.
        }
    }

    private static async Task ReadRequestAsync(NetworkStream stream)
    {
        var (text, buffer) = ("", new byte[4096]);
        int bodyAt;
        while ((bodyAt = text.IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0 || text.Length < bodyAt + 4 + ContentLength(text))
        {
            text += Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer));
        }
    }

    private static int ContentLength(string head) =>
        int.Parse(head.Split("Content-Length:", 2)[1].Split("\r\n", 2)[0].Trim(), System.Globalization.CultureInfo.InvariantCulture);
}
