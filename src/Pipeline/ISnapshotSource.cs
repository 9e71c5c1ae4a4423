namespace Prism.Pipeline;

/// <summary>The configuration as it is now. A call asks once, when it begins.</summary>
internal interface ISnapshotSource
{
    /// <summary>The snapshot for a call that begins now.</summary>
    GatewaySnapshot Current { get; }
}
