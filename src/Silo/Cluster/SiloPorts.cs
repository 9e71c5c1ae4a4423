using System.Net;
using System.Net.Sockets;
using Prism.Configuration;

namespace Prism.Cluster;

/// <summary>
/// Makes sure that this process is alone on its Orleans ports. Orleans listens with SO_REUSEPORT, so that a second silo on the same ports starts
/// without a complaint and the kernel deals connections out to either of them.
/// </summary>
internal static class SiloPorts
{
    /// <exception cref="SettingException">A port is in use.</exception>
    public static void EnsureFree(SiloEndpointOptions endpoints)
    {
        EnsureFree("Prism:Cluster:SiloPort", endpoints.SiloPort);
        if (endpoints.GatewayPort != 0)
        {
            EnsureFree("Prism:Cluster:GatewayPort", endpoints.GatewayPort);
        }
    }

    private static void EnsureFree(string path, int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new SettingException($"{Settings.LabelOf(path)} is {port}, which another process listens at.");
        }
    }
}
