namespace Prism.Pipeline;

/// <summary>The configuration as it is now. A request asks when it begins, and a call keeps what it began with.</summary>
public interface ISnapshotSource
{
    /// <summary>The snapshot for a call that begins now.</summary>
    GatewaySnapshot Current { get; }
}
