namespace Prism.Pipeline;

/// <summary>The current configuration. A request reads it once when it begins, and a call keeps the snapshot with which it began.</summary>
public interface ISnapshotSource
{
    /// <summary>The snapshot for a call that begins now.</summary>
    GatewaySnapshot Current { get; }
}
