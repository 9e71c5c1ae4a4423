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
