using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces.Breakers;

namespace Prism.Tests.Attempts;

/// <summary>What one silo decides by itself.</summary>
public sealed class CircuitTests
{
    private static readonly BreakerOptions Options = new() { ConsecutiveFailures = 5, FailureRate = 50, MinimumCalls = 10 };

    private readonly FakeTimeProvider _time = new();
    private readonly Circuit _circuit;

    public CircuitTests() => _circuit = new("vendor", Options, _time);

    [Fact]
    public void Failures_in_a_row_open_it()
    {
        Assert.Equal([false, false, false, false, true], Enumerable.Range(0, 5).Select(_ => Call(failed: true)));
        Assert.Equal(CircuitState.Open, _circuit.State);
    }

    [Fact]
    public void A_success_between_them_begins_a_new_row()
    {
        // Too few in the window for the share to count.
        foreach (var failed in new[] { true, true, true, true, false, true, true, true })
        {
            Assert.False(Call(failed));
        }
    }

    [Fact]
    public void Half_of_ten_calls_open_it()
    {
        for (var i = 0; i < 9; i++)
        {
            Assert.False(Call(failed: i % 2 == 0));
        }

        Assert.True(Call(failed: true));
    }

    [Fact]
    public void Less_than_half_of_many_do_not()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Assert.False(Call(failed: i % 5 is 1 or 3));
        }
    }

    [Fact]
    public void What_was_long_ago_does_not_count_for_the_share()
    {
        Call(failed: true, 4);
        Call(failed: false, 1);
        _time.Advance(TimeSpan.FromSeconds(33));
        Call(failed: false, 4);

        Assert.False(Call(failed: true, 4));
        _time.Advance(TimeSpan.FromSeconds(26));
        Assert.False(Call(failed: false));
        Assert.True(Call(failed: true));
    }

    [Fact]
    public void While_it_is_open_calls_are_refused_and_told_when_to_come_back()
    {
        Call(failed: true, 5);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(new(MayPass: false, MayAsk: false, TimeSpan.FromSeconds(10)), _circuit.TryEnter());
    }

    [Fact]
    public void Afterwards_one_call_asks_whether_it_may_be_a_probe()
    {
        Call(failed: true, 5);
        _time.Advance(Options.OpenDuration);

        Assert.Equal([true, false, false], Enumerable.Range(0, 3).Select(_ => _circuit.TryEnter().MayAsk));
        _circuit.OnAsked(new() { Version = 1, State = CircuitState.HalfOpen, RetryAfter = TimeSpan.FromSeconds(1) });
        Assert.False(_circuit.TryEnter().MayAsk);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_circuit.TryEnter().MayAsk);
    }

    [Theory]
    [InlineData(true, CircuitState.Open)]
    [InlineData(false, CircuitState.Closed)]
    public void Without_the_cluster_it_probes_by_itself(bool failed, CircuitState state)
    {
        Call(failed: true, 5);
        _time.Advance(Options.OpenDuration);
        Assert.True(_circuit.TryEnter().MayAsk);

        _circuit.OnAsked(null);
        Assert.False(_circuit.TryEnter().MayAsk);
        _circuit.OnOwnProbe(failed);

        Assert.Equal(state, _circuit.State);
    }

    [Fact]
    public void What_the_cluster_says_holds_unless_it_is_old()
    {
        Assert.True(_circuit.Apply(new() { Version = 3, State = CircuitState.Open, OpenFor = TimeSpan.FromSeconds(7) }));
        Assert.False(_circuit.Apply(new() { Version = 2, State = CircuitState.Closed }));
        Assert.Equal(TimeSpan.FromSeconds(7), _circuit.TryEnter().RetryAfter);

        Assert.True(_circuit.Apply(new() { Version = 4, State = CircuitState.Closed }));
        Assert.True(_circuit.TryEnter().MayPass);
    }

    [Fact]
    public void Calls_of_the_time_before_a_change_do_not_count()
    {
        var before = _circuit.Version;
        _circuit.Apply(new() { Version = 1, State = CircuitState.Open, OpenFor = TimeSpan.FromSeconds(7) });
        _circuit.Apply(new() { Version = 2, State = CircuitState.Closed });

        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(_circuit.OnCall(failed: true, before)));
    }

    [Fact]
    public void One_that_is_off_never_opens()
    {
        var off = new Circuit("vendor", new() { Enabled = false }, _time);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(off.OnCall(failed: true, 0)));
    }

    [Fact]
    public void The_cluster_is_told_now_and_then_that_it_is_of_interest()
    {
        Assert.Equal([true, false], new[] { _circuit.MustWatch(), _circuit.MustWatch() });
        _time.Advance(Circuit.WatchInterval);
        Assert.Equal([true, false], new[] { _circuit.MustWatch(), _circuit.MustWatch() });
    }

    private bool Call(bool failed, int times = 1)
    {
        var hasOpened = false;
        for (var i = 0; i < times; i++)
        {
            hasOpened = _circuit.OnCall(failed, _circuit.Version);
        }

        return hasOpened;
    }
}
