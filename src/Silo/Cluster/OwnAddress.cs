using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Prism.Silo.Cluster;

/// <summary>Finds the address at which other machines most likely reach this one.</summary>
internal static class OwnAddress
{
    /// <summary>
    /// The first address of an interface with a gateway, IPv4 before IPv6; else of any interface; else the loopback address.
    /// </summary>
    public static IPAddress Detect() => Choose(
        from card in NetworkInterface.GetAllNetworkInterfaces()
        where card.OperationalStatus == OperationalStatus.Up && card.NetworkInterfaceType != NetworkInterfaceType.Loopback
        let properties = card.GetIPProperties()
        let hasWayOut = properties.GatewayAddresses.Any(gateway => !gateway.Address.Equals(IPAddress.Any))
        from address in properties.UnicastAddresses
        select (address.Address, hasWayOut));

    internal static IPAddress Choose(IEnumerable<(IPAddress Address, bool HasWayOut)> candidates) => candidates
        .Where(candidate => !IPAddress.IsLoopback(candidate.Address)
            && !candidate.Address.IsIPv6LinkLocal
            && !candidate.Address.IsIPv6Multicast
            && !IsIPv4LinkLocal(candidate.Address))
        .OrderByDescending(candidate => candidate.HasWayOut)
        .ThenByDescending(candidate => candidate.Address.AddressFamily == AddressFamily.InterNetwork)
        .Select(candidate => candidate.Address)
        .FirstOrDefault(IPAddress.Loopback);

    private static bool IsIPv4LinkLocal(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..];
}
