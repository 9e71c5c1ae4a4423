using System.Net;

namespace Prism.Silo.Server;

/// <summary>An address that the server listens at.</summary>
internal static class ListenedAddress
{
    /// <summary>The same as a link for somebody on this machine: of all addresses, <c>localhost</c>.</summary>
    public static string ToLink(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && IPAddress.TryParse(url.DnsSafeHost, out var ip)
            && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any) || IPAddress.IsLoopback(ip))
            ? $"{url.Scheme}://localhost:{url.Port}"
            : address.TrimEnd('/');
}
