using Prism.Grains.Interfaces.Breakers;

namespace Prism.Grains.Breakers;

/// <summary>
/// A provider's circuit for the whole cluster: all silos share the findings of one, and the number of probes is bounded. It is in memory only: a
/// new activation learns its state from the next silo that calls. Not thread-safe.
/// </summary>
/// <param name="options">When to probe, and how often.</param>
/// <param name="probeLife">The longest time of a probe. After it, the probing silo counts as dead.</param>
/// <param name="time">The clock; only its monotonic side matters.</param>
internal sealed class ClusterCircuit(BreakerOptions options, TimeSpan probeLife, TimeProvider time)
{
    private const int MostDoublings = 3;

    private static readonly TimeSpan ProbePause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Guid, long> _probes = [];
    private long _version;
    private CircuitState _state;
    private long _openedAt;
    private TimeSpan _openFor;
    private int _failedProbes;
    private int _succeededProbes;

    /// <summary>Its state.</summary>
    public CircuitStatus GetStatus() => new() { Version = _version, State = _state, OpenFor = OpenFor };

    /// <summary>Applies a silo's report.</summary>
    /// <returns>Its state for that silo, and whether all other silos have to learn of the change.</returns>
    public (CircuitStatus Status, bool HasChanged) Report(CircuitNews news)
    {
        CatchUp(news);
        var before = _version;
        var status = news.Kind switch
        {
            CircuitNewsKind.Tripped => Trip(news.Version),
            CircuitNewsKind.ProbeWanted => Admit(news.Probe),
            CircuitNewsKind.ProbeSucceeded => Succeed(news.Probe),
            CircuitNewsKind.ProbeFailed => Fail(news.Probe),
            CircuitNewsKind.ProbeAbandoned => Abandon(news.Probe),
            _ => GetStatus(),
        };
        return (status, _version != before);
    }

    /// <summary>Closes it from any state.</summary>
    public CircuitStatus Reset()
    {
        if (_state != CircuitState.Closed)
        {
            _failedProbes = 0;
            Change(CircuitState.Closed);
        }

        return GetStatus();
    }

    private TimeSpan OpenFor => _state == CircuitState.Open && _openFor - time.GetElapsedTime(_openedAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    // The silo knows of, or has made, a change that this activation has lost or never received.
    private void CatchUp(CircuitNews news)
    {
        if (_state == CircuitState.Closed && news.Version >= _version && news.Kind >= CircuitNewsKind.ProbeWanted)
        {
            (_state, _openFor) = (CircuitState.Open, TimeSpan.Zero);
        }

        _version = Math.Max(_version, news.Version);
    }

    private CircuitStatus Trip(long version)
    {
        // A silo that does not know yet that the circuit is closed still counts earlier failures.
        if (_state == CircuitState.Closed && version == _version)
        {
            Open();
        }

        return GetStatus();
    }

    private CircuitStatus Admit(Guid probe)
    {
        if (_state == CircuitState.Closed)
        {
            return GetStatus();
        }

        if (OpenFor is { Ticks: > 0 } left)
        {
            return GetStatus() with { RetryAfter = left };
        }

        if (_state == CircuitState.Open)
        {
            Change(CircuitState.HalfOpen);
        }

        ForgetTheDead();
        if (!_probes.ContainsKey(probe) && _probes.Count + _succeededProbes >= options.Probes)
        {
            return GetStatus() with { RetryAfter = ProbePause };
        }

        _probes[probe] = time.GetTimestamp();
        return GetStatus() with { MayProbe = true };
    }

    private CircuitStatus Succeed(Guid probe)
    {
        if (_probes.Remove(probe) && ++_succeededProbes >= options.Probes)
        {
            _failedProbes = 0;
            Change(CircuitState.Closed);
        }

        return GetStatus();
    }

    private CircuitStatus Fail(Guid probe)
    {
        if (_probes.Remove(probe))
        {
            _failedProbes++;
            Open();
        }

        return GetStatus();
    }

    private CircuitStatus Abandon(Guid probe)
    {
        _probes.Remove(probe);
        return GetStatus();
    }

    private void Open()
    {
        _openedAt = time.GetTimestamp();
        _openFor = options.OpenDuration * (1 << Math.Min(_failedProbes, MostDoublings));
        Change(CircuitState.Open);
    }

    private void Change(CircuitState state)
    {
        _state = state;
        _version++;
        _probes.Clear();
        _succeededProbes = 0;
    }

    private void ForgetTheDead()
    {
        foreach (var (probe, since) in _probes)
        {
            if (time.GetElapsedTime(since) > probeLife)
            {
                _probes.Remove(probe);
            }
        }
    }
}
