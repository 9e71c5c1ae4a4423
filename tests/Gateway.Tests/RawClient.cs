using System.Net.Sockets;
using System.Text;

namespace Prism.Tests;

/// <summary>A client that says what no HTTP library would.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _tcp = new();
    private readonly NetworkStream _stream;

    private RawClient(Uri address, int receiveBuffer)
    {
        _tcp.ReceiveBufferSize = receiveBuffer;
        _tcp.Connect(address.Host, address.Port);
        _stream = _tcp.GetStream();
    }

    /// <param name="host">Where to.</param>
    /// <param name="receiveBuffer">How much this side takes without having read it, in bytes.</param>
    public static RawClient Connect(GatewayHost host, int receiveBuffer = 64 * 1024) => new(host.Address, receiveBuffer);

    /// <summary>Sends bytes as they are; a line ends in LF here and in CR LF on the wire.</summary>
    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n")));

    /// <summary>Sends no more, but still listens.</summary>
    public void EndRequest() => _tcp.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Leaves at once.</summary>
    /// <param name="reset">Without a word; else as one that has said all it has to say.</param>
    public void Leave(bool reset) => _tcp.Client.Close(reset ? 0 : -1);

    /// <summary>One line of what the server sends.</summary>
    public async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await _stream.ReadAsync(one).AsTask().WaitAsync(GatewayHost.Deadline) == 1 && one[0] != '\n')
        {
            line.Append((char)one[0]);
        }

        return line.ToString().TrimEnd('\r');
    }

    /// <summary>Everything until the server closes the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var reader = new StreamReader(_stream, Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync().WaitAsync(GatewayHost.Deadline);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }
}
