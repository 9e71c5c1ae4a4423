using System.Net;

namespace Prism.Silo.Configuration.Kinds;

/// <summary>An address to listen at. <c>localhost</c> is the only name: other names may resolve to addresses of other machines.</summary>
internal sealed class HostKind : SettingKind
{
    public override string Allowed => "IP address, `localhost` or `*`";

    public override string? FindProblem(string configured) =>
        configured == "*" || configured.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IpAddressKind.TryParse(configured, out _)
            ? null
            : $"has to be an IP address, localhost or * (every address), not {Quoted.Of(configured)}";
}

/// <summary>The address of one machine.</summary>
internal sealed class IpAddressKind : SettingKind
{
    public override string Allowed => "IP address";

    /// <summary>Parses an address in its usual form; .NET's own parser also takes <c>8000</c> for one.</summary>
    public static bool TryParse(string text, out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3);

    public override string? FindProblem(string configured) =>
        TryParse(configured, out var address) && !address!.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? null
            : $"has to be the IP address that other machines reach this one at, not {Quoted.Of(configured)}";
}
