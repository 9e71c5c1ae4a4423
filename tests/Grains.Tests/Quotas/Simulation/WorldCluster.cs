using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;
using Prometheus;

namespace Prism.Tests.Quotas.Simulation;

/// <summary>How bad the network between silos is.</summary>
internal sealed record Weather(double Lost = 0, double Twice = 0, double Late = 0)
{
    public static readonly Weather Fair = new();

    public static readonly Weather Foul = new(Lost: 0.04, Twice: 0.04, Late: 0.02);
}

/// <summary>Silos with their leases, a ledger that moves between machines, and what is between them.</summary>
internal sealed class WorldCluster(World world, LimitSet limits) : ILedgerCluster
{
    private readonly LimitTelemetry _telemetry = new(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
    private readonly HashSet<string> _dead = [];
    private readonly List<Activation> _activations = [];
    private int _nextSilo;

    public WorldStorage Storage { get; } = new(world);

    public List<WorldSilo> Silos { get; } = [];

    public Weather Weather { get; set; } = Weather.Fair;

    /// <summary>How long a death goes unnoticed.</summary>
    public TimeSpan Detection { get; set; } = TimeSpan.FromSeconds(7);

    public TimeSpan QueueTimeout { get; set; }

    public DateTimeOffset Start { get; set; } = WorldTime.Beginning;

    public int Calls { get; private set; }

    public int ActiveSilos => Math.Max(1, Silos.Count(silo => silo.Alive));

    public LedgerStatus Status => _activations[^1].Host.GetStatus();

    public LimitTelemetry Telemetry => _telemetry;

    public bool IsDead(string silo, TimeSpan silentFor) => _dead.Contains(silo);

    public WorldSilo AddSilo()
    {
        var silo = new WorldSilo($"10.0.0.{++_nextSilo}:11111@{_nextSilo}", world);
        silo.Holder = new(
            silo.Name,
            limits,
            QueueTimeout,
            new Line(this, silo),
            new WorldTime(world),
            _telemetry.Of("p"),
            NullLogger.Instance,
            TaskScheduler.FromCurrentSynchronizationContext());
        Silos.Add(silo);
        return silo;
    }

    /// <summary>Ends a silo without a word.</summary>
    public void Kill(WorldSilo silo)
    {
        silo.Alive = false;
        Silos.Remove(silo);
        foreach (var admission in silo.Admissions.Where(admission => double.IsInfinity(admission.Settled)))
        {
            admission.Died = world.Seconds;
        }

        world.Schedule(Detection, () => _dead.Add(silo.Name));
    }

    /// <summary>Has the ledger live on another machine, whose calendar is this much ahead. The old activation may not know yet.</summary>
    public void MoveLedger(TimeSpan skew) => _activations.Add(new(this, skew));

    /// <summary>Has the calendar of the machine that the ledger runs on be mad for a second.</summary>
    public void DisturbLedgerClock(TimeSpan skew)
    {
        var activation = _activations[^1];
        activation.Time.Skew = skew;
        world.Schedule(TimeSpan.FromSeconds(1), () => activation.Time.Skew = activation.Skew);
    }

    /// <summary>Tells the ledger that the provider wants to be left alone.</summary>
    public async Task ThrottleAsync(TimeSpan duration)
    {
        await _activations[^1].Ready;
        await _activations[^1].Host.ThrottleAsync(duration);
    }

    private async Task<LeaseAnswer> DeliverAsync(WorldSilo silo, LeaseAsk ask)
    {
        Calls++;
        var weather = Weather;
        await TravelAsync(weather);
        if (_activations.Count == 0)
        {
            MoveLedger(TimeSpan.Zero);
        }

        if (world.Chance.NextDouble() < weather.Twice)
        {
            world.Schedule(world.UpTo(TimeSpan.FromSeconds(3)), () => _ = TryAsync(Pick(), ask));
        }

        var answer = await AskAsync(Pick(), ask);
        await TravelAsync(weather);
        return silo.Alive ? answer : await new TaskCompletionSource<LeaseAnswer>().Task;
    }

    // Now and then a silo has not heard of the ledger's move.
    private Activation Pick() =>
        _activations.Count > 1 && Weather != Weather.Fair && world.Chance.NextDouble() < 0.1 ? _activations[^2] : _activations[^1];

    private async Task<LeaseAnswer> AskAsync(Activation activation, LeaseAsk ask)
    {
        try
        {
            await activation.Ready;
            return await activation.Host.AskAsync(ask);
        }
        catch (Exception exception) when (exception is InconsistentStateException || activation.Ready.IsFaulted)
        {
            // One that was overtaken, or could not read its state, ends; the next call finds another.
            if (activation == _activations[^1])
            {
                MoveLedger(activation.Skew);
            }

            throw;
        }
    }

    private async Task TryAsync(Activation activation, LeaseAsk ask)
    {
        try
        {
            await AskAsync(activation, ask);
        }
        catch (Exception exception) when (exception is IOException or InconsistentStateException)
        {
            // Nobody waits for an echo.
        }
    }

    private async Task TravelAsync(Weather weather)
    {
        var draw = world.Chance.NextDouble();
        await world.After(draw < weather.Late ? world.UpTo(TimeSpan.FromSeconds(4)) : world.UpTo(TimeSpan.FromMilliseconds(3)));
        if (world.Chance.NextDouble() < weather.Lost)
        {
            await new TaskCompletionSource().Task;
        }
    }

    private sealed class Line(WorldCluster cluster, WorldSilo silo) : ILeaseSource
    {
        public Task<LeaseAnswer> AskAsync(LeaseAsk ask) => cluster.DeliverAsync(silo, ask);
    }

    private sealed class Activation
    {
        public Activation(WorldCluster cluster, TimeSpan skew)
        {
            Skew = skew;
            Time = new(cluster.World) { Skew = skew, Start = cluster.Start };
            var storage = cluster.Storage.Open();
            Host = new(storage, () => cluster.Limits, cluster, Time, NullLogger.Instance);
            Ready = StartAsync(storage);
        }

        public WorldTime Time { get; }

        public TimeSpan Skew { get; }

        public LedgerHost Host { get; }

        public Task Ready { get; }

        private async Task StartAsync(WorldStorage.View storage)
        {
            await storage.ReadStateAsync();
            Host.Start();
        }
    }

    private World World => world;

    private LimitSet Limits => limits;
}
