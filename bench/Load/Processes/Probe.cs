using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Prism.Bench.Processes;

/// <summary>Queries a server over its port.</summary>
internal static class Probe
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(1) };

    /// <summary>Whether the server accepts connections; with a path, whether a GET of it succeeds.</summary>
    public static async Task<bool> SucceedsAsync(int port, string? path)
    {
        try
        {
            if (path is null)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }

            using var response = await Http.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"));
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is SocketException or HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The value of a metric without labels; 0 if the page does not have it yet.</summary>
    public static async Task<double> MetricAsync(int port, string name)
    {
        var page = await Http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
        var line = page.Split('\n').FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
