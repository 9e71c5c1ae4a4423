using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Prism.Tests.Processes;

namespace Prism.Tests.Redis;

/// <summary>A port that leads to another one, until it is closed: then all connections break, and new ones are refused.</summary>
internal sealed class Forwarder(string host, int port) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    public int Port { get; } = FreePorts.Take(1)[0];

    public void Open()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
    }

    public async Task CloseAsync()
    {
        _listener?.Dispose();
        await _accepting;
        foreach (var connection in _connections.Keys)
        {
            // With a reset, as from a process that was killed.
            connection.Client.Close(timeout: 0);
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                // Not awaited: it ends with its connection.
                _ = ForwardAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            try
            {
                _connections[client] = true;
                client.NoDelay = true;
                await server.ConnectAsync(host, port);
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(server.GetStream()),
                    server.GetStream().CopyToAsync(client.GetStream()));
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // One of the two has gone.
            }
            finally
            {
                _connections.TryRemove(client, out _);
            }
        }
    }
}
