using System.Net;

namespace Prism.Silo.Server;

/// <summary>An address that the server listens at.</summary>
internal static class ListenedAddress
{
    /// <summary>The same as a link on this machine: <c>localhost</c> for all addresses.</summary>
    public static string ToLink(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && IPAddress.TryParse(url.DnsSafeHost, out var ip)
            && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any) || IPAddress.IsLoopback(ip))
            ? $"{url.Scheme}://localhost:{url.Port}"
            : address.TrimEnd('/');
}
