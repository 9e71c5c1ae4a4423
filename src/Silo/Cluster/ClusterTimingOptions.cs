namespace Prism.Silo.Cluster;

/// <summary>How fast a cluster notices that something is wrong. Bound from <c>Prism:Cluster</c>.</summary>
internal sealed class ClusterTimingOptions
{
    /// <summary>How often silos probe each other, and the longest wait for an answer. Default: 1 s.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest wait for an answer on a network that has been slow lately. Times <see cref="MissedProbes"/>, it is also for how long a silo
    /// that was heard of cannot be suspected: that bounds the outage when one freezes, not the probes. Default: 2.5 s.
    /// </summary>
    public TimeSpan MaxProbeTimeout { get; set; } = TimeSpan.FromSeconds(2.5);

    /// <summary>After how many missed probes a silo is suspected to be dead. Default: 2.</summary>
    public int MissedProbes { get; set; } = 2;

    /// <summary>How often a silo reads who is in the cluster. Default: 5 s.</summary>
    public TimeSpan TableRefresh { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a silo writes that it is alive. Default: 5 s.</summary>
    public TimeSpan AliveInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a starting silo tries to join while a silo of the cluster does not answer, before it gives up and exits. A silo that starts slowly is
    /// not declared dead for that. Default: 300 s.
    /// </summary>
    public TimeSpan JoinTimeout { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>The longest wait for a grain's answer. No grain call waits for an LLM, so whatever takes longer is broken. Default: 15 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether a call that nobody waits for any more is cancelled. Default: true.</summary>
    public bool CancelOnTimeout { get; set; } = true;

    /// <summary>
    /// How many calls may wait for one grain. Far beyond what any grain of ours has waiting; unlimited in Orleans, until memory runs out.
    /// Default: 10000.
    /// </summary>
    public int MaxQueuedCalls { get; set; } = 10_000;
}
