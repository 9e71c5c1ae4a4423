using Prism.Grains.Interfaces.Breakers;

namespace Prism.Grains.Breakers;

/// <summary>
/// A provider's circuit on one silo. While it is closed, a call only reads it; while it is open, calls are rejected without a call to the cluster.
/// Only a call that would be a probe asks the cluster. Times are timestamps.
/// </summary>
internal sealed class Circuit(string provider, BreakerOptions options, TimeProvider time)
{
    /// <summary>How often this silo renews its subscription to changes in the cluster, while it makes calls.</summary>
    public static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan ProbePause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly FailureWindow _calls = new(options, time);
    private volatile CircuitState _state;
    private long _version;
    private long _refusesUntil;
    private long _watchesUntil = long.MinValue;
    private bool _isAsking;

    /// <summary>Its provider.</summary>
    public string Provider => provider;

    /// <summary>The results of its recent calls.</summary>
    public ProviderVitals Vitals { get; } = new(time);

    /// <summary>Whether it is closed, so that calls are made.</summary>
    public CircuitState State => _state;

    /// <summary>The version of the last change that this silo knows of.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Decides on a call while the circuit is not closed.</summary>
    public EntryDecision TryEnter()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_state == CircuitState.Closed)
            {
                return new(MayPass: true, MayAsk: false, TimeSpan.Zero);
            }

            if (now < _refusesUntil || _isAsking)
            {
                return new(MayPass: false, MayAsk: false, now < _refusesUntil ? time.GetElapsedTime(now, _refusesUntil) : ProbePause);
            }

            _isAsking = true;
            return new(MayPass: false, MayAsk: true, ProbePause);
        }
    }

    /// <summary>The cluster has decided whether this silo may probe. If it cannot be reached, this silo probes by itself.</summary>
    /// <param name="status">Null if it could not be reached.</param>
    public void OnAsked(CircuitStatus? status)
    {
        lock (_gate)
        {
            _isAsking = false;
            // Without the cluster, this silo makes one probe a second.
            if ((status is null ? ProbePause : status.RetryAfter) is { } pause)
            {
                _refusesUntil = time.GetTimestamp() + ToTimestamp(pause);
            }
        }
    }

    /// <summary>A call has ended that began at a <see cref="Version"/>.</summary>
    /// <returns>Whether the failures open the circuit.</returns>
    public bool OnCall(bool failed, long version)
    {
        lock (_gate)
        {
            // A call that began before the last change does not count.
            if (_state != CircuitState.Closed || version != _version)
            {
                return false;
            }

            var now = time.GetTimestamp();
            _calls.Add(failed, now);
            if (!failed || !options.Enabled || !_calls.IsTooMuch)
            {
                return false;
            }

            Open(options.OpenDuration);
            return true;
        }
    }

    /// <summary>A probe that the cluster does not know of has ended.</summary>
    public void OnOwnProbe(bool failed)
    {
        lock (_gate)
        {
            if (failed)
            {
                Open(options.OpenDuration);
            }
            else
            {
                Close();
            }
        }
    }

    /// <summary>Applies the state in the cluster. False: it is out of date.</summary>
    public bool Apply(CircuitStatus status)
    {
        lock (_gate)
        {
            if (status.Version <= _version)
            {
                return false;
            }

            Volatile.Write(ref _version, status.Version);
            switch (status.State)
            {
                case CircuitState.Closed:
                    Close();
                    break;
                case CircuitState.Open:
                    Open(status.OpenFor);
                    break;
                default:
                    _state = CircuitState.HalfOpen;
                    _refusesUntil = time.GetTimestamp();
                    break;
            }

            return true;
        }
    }

    /// <summary>Closes it, also if the cluster does not know why it was open.</summary>
    /// <param name="status">The state in the cluster.</param>
    public void Reset(CircuitStatus status)
    {
        lock (_gate)
        {
            Volatile.Write(ref _version, Math.Max(_version, status.Version));
            _refusesUntil = time.GetTimestamp();
            Close();
        }
    }

    /// <summary>Whether the subscription to changes has to be renewed; true once each time.</summary>
    public bool MustWatch()
    {
        var now = time.GetTimestamp();
        var until = Volatile.Read(ref _watchesUntil);
        return now >= until && Interlocked.CompareExchange(ref _watchesUntil, now + ToTimestamp(WatchInterval), until) == until;
    }

    private void Open(TimeSpan duration)
    {
        _state = CircuitState.Open;
        _refusesUntil = time.GetTimestamp() + ToTimestamp(duration);
    }

    private void Close()
    {
        _state = CircuitState.Closed;
        _calls.Clear();
    }

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}

/// <summary>The decision for a call while the circuit is not closed.</summary>
/// <param name="MayPass">The circuit has closed meanwhile.</param>
/// <param name="MayAsk">The call may request to be a probe, and has to report its result.</param>
/// <param name="RetryAfter">If the call is rejected: the time until a retry is worthwhile.</param>
internal readonly record struct EntryDecision(bool MayPass, bool MayAsk, TimeSpan RetryAfter);
