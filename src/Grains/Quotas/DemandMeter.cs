namespace Prism.Grains.Quotas;

/// <summary>Measures demand, admitted or not: follows a rise at once and a fall by halves.</summary>
internal sealed class DemandMeter(TimeProvider time)
{
    private static readonly TimeSpan ShortestSpan = TimeSpan.FromMilliseconds(250);

    private long _since = time.GetTimestamp();
    private long _seen;
    private double _perSecond;

    /// <summary>Whether there was any demand since the last measurement.</summary>
    public bool Any => _seen > 0;

    public void Add(long amount) => _seen += amount;

    /// <summary>The demand in units a second.</summary>
    public double Measure(long now)
    {
        var span = time.GetElapsedTime(_since, now);
        if (span < ShortestSpan)
        {
            return Math.Max(_perSecond, _seen / ShortestSpan.TotalSeconds);
        }

        var rate = _seen / span.TotalSeconds;
        _perSecond = rate > _perSecond ? rate : (rate + _perSecond) / 2;
        (_since, _seen) = (now, 0);
        return _perSecond;
    }
}
