using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces.Breakers;

namespace Prism.Tests.Attempts;

/// <summary>What holds for the whole cluster.</summary>
public sealed class ClusterCircuitTests
{
    private static readonly BreakerOptions Options = new() { OpenDuration = TimeSpan.FromSeconds(15), Probes = 2 };
    private static readonly TimeSpan ProbeLife = TimeSpan.FromMinutes(1);
    private static readonly Guid[] Probes = [.. Enumerable.Range(1, 5).Select(number => new Guid(number, 0, 0, new byte[8]))];

    private readonly FakeTimeProvider _time = new();
    private readonly ClusterCircuit _circuit;

    public ClusterCircuitTests() => _circuit = new(Options, ProbeLife, _time);

    [Fact]
    public void One_silo_opens_it_for_all_and_once()
    {
        var (first, hasChanged) = _circuit.Report(new() { Kind = CircuitNewsKind.Tripped });
        var (second, hasChangedAgain) = _circuit.Report(new() { Kind = CircuitNewsKind.Tripped });

        Assert.Equal((true, false), (hasChanged, hasChangedAgain));
        Assert.Equal((CircuitState.Open, Options.OpenDuration), (first.State, first.OpenFor));
        Assert.Equal(first, second);
    }

    [Fact]
    public void While_it_is_open_no_probe_is_made()
    {
        Trip();
        _time.Advance(TimeSpan.FromSeconds(14));

        var status = Want(0);

        Assert.Equal((false, TimeSpan.FromSeconds(1)), (status.MayProbe, status.RetryAfter));
    }

    [Fact]
    public void Then_there_are_only_so_many_probes_at_the_same_time()
    {
        OpenAndWait();

        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(probe => Want(probe).MayProbe));
        Assert.Equal(CircuitState.HalfOpen, _circuit.GetStatus().State);
    }

    [Fact]
    public void A_repeated_ask_is_the_same_probe()
    {
        OpenAndWait();

        Assert.Equal([true, true, true, false], new[] { 0, 0, 1, 2 }.Select(probe => Want(probe).MayProbe));
    }

    [Fact]
    public void As_many_that_succeed_close_it()
    {
        OpenAndWait();
        Want(0);
        Want(1);

        Assert.Equal(CircuitState.HalfOpen, End(CircuitNewsKind.ProbeSucceeded, 0).State);
        Assert.False(Want(2).MayProbe);
        Assert.Equal(CircuitState.Closed, End(CircuitNewsKind.ProbeSucceeded, 1).State);
    }

    [Fact]
    public void One_that_fails_opens_it_again_for_twice_as_long_up_to_eight_times()
    {
        var durations = new List<double>();
        OpenAndWait();
        for (var i = 0; i < 5; i++)
        {
            Want(0);
            var status = End(CircuitNewsKind.ProbeFailed, 0);
            durations.Add(status.OpenFor.TotalSeconds);
            _time.Advance(status.OpenFor);
        }

        Assert.Equal([30, 60, 120, 120, 120], durations);
    }

    [Fact]
    public void After_it_has_closed_it_begins_with_the_shortest_time_again()
    {
        OpenAndWait();
        Want(0);
        _time.Advance(End(CircuitNewsKind.ProbeFailed, 0).OpenFor);
        Want(1);
        Want(2);
        End(CircuitNewsKind.ProbeSucceeded, 1);
        End(CircuitNewsKind.ProbeSucceeded, 2);

        Assert.Equal(Options.OpenDuration, Trip().OpenFor);
    }

    [Theory]
    [InlineData(CircuitNewsKind.ProbeSucceeded)]
    [InlineData(CircuitNewsKind.ProbeFailed)]
    public void A_probe_that_is_not_known_says_nothing(CircuitNewsKind kind)
    {
        OpenAndWait();
        Want(0);

        Assert.Equal(CircuitState.HalfOpen, End(kind, 3).State);
    }

    [Fact]
    public void A_probe_that_was_abandoned_leaves_its_place_to_another()
    {
        OpenAndWait();
        Want(0);
        Want(1);
        End(CircuitNewsKind.ProbeAbandoned, 0);

        Assert.Equal([true, false], new[] { 2, 3 }.Select(probe => Want(probe).MayProbe));
    }

    [Fact]
    public void So_does_that_of_a_silo_that_has_died()
    {
        OpenAndWait();
        Want(0);
        _time.Advance(TimeSpan.FromSeconds(30));
        Want(1);
        _time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal([true, false], new[] { 2, 3 }.Select(probe => Want(probe).MayProbe));
    }

    [Fact]
    public void Who_has_not_heard_that_it_was_closed_cannot_open_it()
    {
        OpenAndWait();
        Want(0);
        Want(1);
        End(CircuitNewsKind.ProbeSucceeded, 0);
        End(CircuitNewsKind.ProbeSucceeded, 1);

        var (status, hasChanged) = _circuit.Report(new() { Kind = CircuitNewsKind.Tripped, Version = 0 });

        Assert.Equal((CircuitState.Closed, false), (status.State, hasChanged));
    }

    [Fact]
    public void One_that_has_forgotten_learns_from_who_would_probe()
    {
        var status = Want(0, version: 7);

        Assert.True(status.MayProbe);
        Assert.Equal((CircuitState.HalfOpen, 8), (status.State, status.Version));
    }

    [Fact]
    public void One_that_has_forgotten_can_be_opened_by_who_has_not()
    {
        var (status, hasChanged) = _circuit.Report(new() { Kind = CircuitNewsKind.Tripped, Version = 7 });

        Assert.Equal((CircuitState.Open, 8, true), (status.State, status.Version, hasChanged));
    }

    private CircuitStatus Trip() => _circuit.Report(new() { Kind = CircuitNewsKind.Tripped, Version = _circuit.GetStatus().Version }).Status;

    private void OpenAndWait() => _time.Advance(Trip().OpenFor);

    private CircuitStatus Want(int probe, long? version = null) => _circuit.Report(
        new() { Kind = CircuitNewsKind.ProbeWanted, Version = version ?? _circuit.GetStatus().Version, Probe = Probes[probe] }).Status;

    private CircuitStatus End(CircuitNewsKind kind, int probe) =>
        _circuit.Report(new() { Kind = kind, Version = _circuit.GetStatus().Version, Probe = Probes[probe] }).Status;
}
