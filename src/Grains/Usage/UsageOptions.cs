namespace Prism.Grains.Usage;

/// <summary>The record of what calls took. Bound from <c>Prism:Usage</c>.</summary>
public sealed class UsageOptions
{
    /// <summary>How often a silo reports what its calls took; what a silo that is killed has not reported yet is lost. Default: 5 s.</summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromSeconds(5);
}
