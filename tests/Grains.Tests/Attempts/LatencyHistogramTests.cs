using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Breakers;

namespace Prism.Tests.Attempts;

/// <summary>How long something took lately.</summary>
public sealed class LatencyHistogramTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LatencyHistogram _latency;

    public LatencyHistogramTests() => _latency = new(_time);

    [Fact]
    public void Without_a_measurement_there_is_nothing() => Assert.Equal(new(0, null, null, null), _latency.Summarize());

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(1_000)]
    public void Percentiles_are_at_most_an_eighth_too_high(int unit)
    {
        for (var i = 1; i <= 1_000; i++)
        {
            _latency.Add(TimeSpan.FromMilliseconds(i * unit));
        }

        var summary = _latency.Summarize();

        Assert.Equal(1_000, summary.Count);
        AssertNear(500 * unit, summary.P50);
        AssertNear(900 * unit, summary.P90);
        AssertNear(990 * unit, summary.P99);
    }

    [Fact]
    public void One_that_is_out_of_all_bounds_is_counted_all_the_same()
    {
        _latency.Add(TimeSpan.Zero);
        _latency.Add(TimeSpan.FromDays(1));

        Assert.Equal((2, TimeSpan.FromMilliseconds(1)), (_latency.Summarize().Count, _latency.Summarize().P50!.Value));
    }

    [Fact]
    public void What_is_more_than_ten_minutes_ago_is_forgotten()
    {
        _latency.Add(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromMinutes(6));
        _latency.Add(TimeSpan.FromSeconds(1));

        Assert.Equal(2, _latency.Summarize().Count);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _latency.Summarize().Count);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(0, _latency.Summarize().Count);
    }

    private static void AssertNear(double milliseconds, TimeSpan? measured) =>
        Assert.InRange(measured!.Value.TotalMilliseconds, milliseconds, milliseconds * 1.126);
}
