namespace Prism.Pipeline.Costs;

/// <summary>The prices of answers. Bound from <c>Prism:Costs</c>.</summary>
public sealed class CostOptions
{
    /// <summary>A file with prices that add to, or replace, the built-in ones. Default: none.</summary>
    public string? PricesFile { get; set; }
}
