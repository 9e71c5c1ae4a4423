namespace Prism.Grains.Cluster;

/// <summary>The row of a silo whose membership is in its own memory: it cannot be lost.</summary>
internal sealed class KeptRow : ISiloRow
{
    public bool IsMissing => false;
}
