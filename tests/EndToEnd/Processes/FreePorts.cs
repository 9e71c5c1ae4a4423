using System.Net;
using System.Net.Sockets;

namespace Prism.Tests.Processes;

/// <summary>Ports of the loopback address that nobody has.</summary>
internal static class FreePorts
{
    // Below the range that the system takes ports for outgoing connections from, so that none of these can take one before its process does.
    private const int First = 20_000;
    private const int Last = 32_000;

    private static int _next = First + (Environment.ProcessId * 37 % (Last - First));

    /// <summary>So many ports, of which no other call gets one until all have been given away.</summary>
    public static int[] Take(int count)
    {
        var ports = new List<int>();
        while (ports.Count < count)
        {
            var port = First + (Interlocked.Increment(ref _next) % (Last - First));
            if (IsFree(port))
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    private static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
