namespace Prism.Silo.Cluster;

/// <summary>The Orleans dashboard. Bound from <c>Prism:Dashboard</c>.</summary>
internal sealed class OrleansDashboardOptions
{
    /// <summary>Whether the dashboard is served. Default: true.</summary>
    public bool Enabled { get; set; } = true;
}
