namespace Prism.Grains.Cluster;

/// <summary>This silo's row of the membership table.</summary>
internal interface ISiloRow
{
    /// <summary>Whether the table has lost it: then this silo is no member, whatever its own copy of the membership says.</summary>
    bool IsMissing { get; }
}
