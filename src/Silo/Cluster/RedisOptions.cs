namespace Prism.Silo.Cluster;

/// <summary>The Redis that silos find each other in and keep their state in. Bound from <c>Prism:Redis</c>.</summary>
internal sealed class RedisOptions
{
    /// <summary>Its address, see <see cref="RedisUrl"/>. A secret: there may be a password in it. Default: none, everything is in memory.</summary>
    public string? Url { get; set; }
}
