namespace Prism.Grains.Cluster;

/// <summary>Whether silos have left lately, in this silo's copy of the membership. It is checked only on a call.</summary>
internal sealed class SiloDepartures(IClusterMembershipService membership, TimeProvider time)
{
    private readonly Lock _lock = new();
    private ClusterMembershipSnapshot? _seen;
    private HashSet<SiloAddress> _gone = [];
    private long _lastAt;

    /// <summary>Whether a silo was seen to leave within this span. A departure between two calls counts from the second one.</summary>
    public bool AnyWithin(TimeSpan span)
    {
        lock (_lock)
        {
            var snapshot = membership.CurrentSnapshot;
            if (snapshot != _seen)
            {
                _seen = snapshot;
                var gone = snapshot.Members.Values.Where(member => member.Status.IsTerminating()).Select(member => member.SiloAddress).ToHashSet();
                _lastAt = gone.IsSubsetOf(_gone) ? _lastAt : time.GetTimestamp();
                _gone = gone;
            }

            return _gone.Count > 0 && time.GetElapsedTime(_lastAt) < span;
        }
    }
}
