namespace Prism.Silo.Cluster;

/// <summary>Checks Redis. Tests replace it by one that fails in every way.</summary>
internal interface IRedisProbe
{
    /// <summary>Ends once there is a connection for the first time.</summary>
    Task WaitForConnectionAsync(CancellationToken cancellationToken);

    /// <summary>The problem; null if there is none.</summary>
    Task<RedisFault?> LookAsync(CancellationToken cancellationToken);
}
