namespace Prism.Silo.Cluster;

/// <summary>The Redis for membership and state. Bound from <c>Prism:Redis</c>.</summary>
internal sealed class RedisOptions
{
    /// <summary>
    /// Its address, see <see cref="RedisUrl"/>. A secret, because it may contain a password. Default: none, everything is in memory.
    /// </summary>
    public string? Url { get; set; }
}
