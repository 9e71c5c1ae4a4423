namespace Prism.Costs;

/// <summary>What answers cost. Bound from <c>Prism:Costs</c>.</summary>
public sealed class CostOptions
{
    /// <summary>
    /// A file with prices that are added to those that come with Prism, or take their place. Default: none.
    /// </summary>
    public string? PricesFile { get; set; }

    /// <summary>
    /// How often a silo puts on record what its calls took; what one that is killed has not told yet is lost. Default: 5 s.
    /// </summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromSeconds(5);
}
