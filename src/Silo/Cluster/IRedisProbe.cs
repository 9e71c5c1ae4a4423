namespace Prism.Silo.Cluster;

/// <summary>Looks at Redis. A seam for tests, which have it fail in every way.</summary>
internal interface IRedisProbe
{
    /// <summary>Ends once there is a connection for the first time.</summary>
    Task WaitForConnectionAsync(CancellationToken cancellationToken);

    /// <summary>What is wrong; null for nothing.</summary>
    Task<RedisFault?> LookAsync(CancellationToken cancellationToken);
}
