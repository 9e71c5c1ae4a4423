namespace Prism.Pipeline.Costs;

/// <summary>What answers cost. Bound from <c>Prism:Costs</c>.</summary>
public sealed class CostOptions
{
    /// <summary>
    /// A file with prices that are added to those that come with Prism, or take their place. Default: none.
    /// </summary>
    public string? PricesFile { get; set; }
}
