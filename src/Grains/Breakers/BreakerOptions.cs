namespace Prism.Grains.Breakers;

/// <summary>When a failing provider is taken out of rotation. Bound from <c>Prism:Breaker</c>.</summary>
public sealed class BreakerOptions
{
    /// <summary>Whether providers have circuit breakers. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Consecutive failures on one silo that open the breaker for the whole cluster. Default: 10.</summary>
    public int ConsecutiveFailures { get; set; } = 10;

    /// <summary>The share of failed calls on one silo in the <see cref="Window"/>, in percent, that opens it too. Default: 50.</summary>
    public int FailureRate { get; set; } = 50;

    /// <summary>The fewest calls in the window for the share to count. Default: 20.</summary>
    public int MinimumCalls { get; set; } = 20;

    /// <summary>The time over which the share is computed. Default: 30 s.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the breaker stays open. Each failed probe doubles it, up to eight times as long. Default: 15 s.</summary>
    public TimeSpan OpenDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The simultaneous probes in the whole cluster, and the successes that close the breaker. Default: 2.</summary>
    public int Probes { get; set; } = 2;
}
