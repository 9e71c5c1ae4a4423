namespace Prism.Grains.Cluster;

/// <summary>This silo's row of the membership table.</summary>
internal interface ISiloRow
{
    /// <summary>Whether the table has lost it. Then this silo is no member, even if its own copy of the membership has it.</summary>
    bool IsMissing { get; }
}
