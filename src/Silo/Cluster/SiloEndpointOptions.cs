using System.Net;

namespace Prism.Silo.Cluster;

/// <summary>The cluster of this silo, and the address at which other silos reach it. Bound from <c>Prism:Cluster</c>.</summary>
internal sealed class SiloEndpointOptions
{
    /// <summary>Silos with the same id are one cluster. Default: <c>prism</c>.</summary>
    public string ClusterId { get; set; } = "prism";

    /// <summary>The owner of stored state; it outlives clusters. Default: <c>prism</c>.</summary>
    public string ServiceId { get; set; } = "prism";

    /// <summary>The port for other silos. Default: 11111.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>The port for Orleans clients; 0 for none. Default: 30000.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The address at which other silos reach this one. Default: detected.</summary>
    public string? AdvertisedIp { get; set; }

    /// <summary><see cref="AdvertisedIp"/>, parsed; null if it is to be detected.</summary>
    public IPAddress? AdvertisedAddress => string.IsNullOrEmpty(AdvertisedIp) ? null : IPAddress.Parse(AdvertisedIp);
}
