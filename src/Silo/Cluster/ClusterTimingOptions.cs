namespace Prism.Silo.Cluster;

/// <summary>The timing of failure detection. Bound from <c>Prism:Cluster</c>.</summary>
internal sealed class ClusterTimingOptions
{
    /// <summary>How often silos probe each other, and the longest wait for an answer. Default: 1 s.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest wait for an answer on a network that has been slow lately. Multiplied by <see cref="MissedProbes"/>, it is the time after a silo's
    /// last message before which it cannot be suspected. That bounds the outage when a silo freezes, not the probes. Default: 2.5 s.
    /// </summary>
    public TimeSpan MaxProbeTimeout { get; set; } = TimeSpan.FromSeconds(2.5);

    /// <summary>The missed probes after which a silo is suspected to be dead. Default: 2.</summary>
    public int MissedProbes { get; set; } = 2;

    /// <summary>How often a silo reads the membership table. Default: 5 s.</summary>
    public TimeSpan TableRefresh { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a silo writes to the membership table that it is alive. Default: 5 s.</summary>
    public TimeSpan AliveInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a starting silo tries to join while another silo does not respond, before it exits. A silo that starts slowly is not declared dead
    /// for that. Default: 300 s.
    /// </summary>
    public TimeSpan JoinTimeout { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>The longest wait for a grain's response. No grain call waits for an LLM, so a longer one is broken. Default: 15 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether a call is cancelled when its caller stops waiting. Default: true.</summary>
    public bool CancelOnTimeout { get; set; } = true;

    /// <summary>
    /// The most calls that wait for one grain. No grain of Prism has nearly as many; unlimited in Orleans, until memory runs out. Default: 10000.
    /// </summary>
    public int MaxQueuedCalls { get; set; } = 10_000;
}
