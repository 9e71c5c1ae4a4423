namespace Prism.Grains.Usage;

/// <summary>The record of usage. Bound from <c>Prism:Usage</c>.</summary>
public sealed class UsageOptions
{
    /// <summary>How often a silo reports its usage. A silo that is killed loses the unreported part. Default: 5 s.</summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromSeconds(5);
}
