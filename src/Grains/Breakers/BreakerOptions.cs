namespace Prism.Grains.Breakers;

/// <summary>When a provider that fails is left alone. Bound from <c>Prism:Breaker</c>.</summary>
public sealed class BreakerOptions
{
    /// <summary>Whether one is at all. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>So many failed calls of a silo in a row open the circuit. Default: 10.</summary>
    public int ConsecutiveFailures { get; set; } = 10;

    /// <summary>Or such a share of a silo's calls in the <see cref="Window"/>, in percent. Default: 50.</summary>
    public int FailureRate { get; set; } = 50;

    /// <summary>If there were so many of them. Default: 20.</summary>
    public int MinimumCalls { get; set; } = 20;

    /// <summary>How far back the share looks. Default: 30 s.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the circuit stays open; twice as long after each probe that fails, up to eight times. Default: 15 s.</summary>
    public TimeSpan OpenDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many probes there are at the same time in the whole cluster, and how many have to succeed. Default: 2.</summary>
    public int Probes { get; set; } = 2;
}
