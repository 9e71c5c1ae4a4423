using Prism.Grains.Quotas;

namespace Prism.Tests.Quotas.Simulation;

/// <summary>One silo, its callers, and a true record of what they were admitted.</summary>
internal sealed class WorldSilo(string name, World world)
{
    public string Name => name;

    public bool Alive { get; set; } = true;

    public LocalQuota Holder { get; set; } = null!;

    public List<Admission> Admissions { get; } = [];

    public List<(double At, LimitDenial Denial)> Denials { get; } = [];

    /// <summary>Requests that came.</summary>
    public int Arrivals { get; private set; }

    /// <summary>Has requests come at random, so many a second on average, until the silo dies.</summary>
    public void Load(double perSecond, TimeSpan until, Func<Call> make)
    {
        var end = world.Now + until.Ticks;
        void Next()
        {
            if (Alive && world.Now < end)
            {
                _ = CallAsync(make());
                world.Schedule(TimeSpan.FromSeconds(-Math.Log(1 - world.Chance.NextDouble()) / perSecond), Next);
            }
        }

        Next();
    }

    /// <summary>Makes one call.</summary>
    public async Task<LimitDenial?> CallAsync(Call call)
    {
        Arrivals++;
        var came = world.Seconds;
        var outcome = await Holder.AdmitAsync(new(call.Reserved), CancellationToken.None);
        if (outcome.Denial is { } denial)
        {
            Denials.Add((world.Seconds, denial));
            return denial;
        }

        var admission = new Admission(came, world.Seconds, call.Reserved);
        Admissions.Add(admission);
        await world.After(call.Lasts);
        if (Alive)
        {
            admission.Used = call.Used;
            admission.Settled = world.Seconds;
            outcome.Reservation.Settle(call.Used);
            // Twice, as by a using after a settlement.
            outcome.Reservation.Forfeit();
        }

        return null;
    }
}

/// <summary>A request to come.</summary>
internal sealed record Call(long Reserved, long Used, TimeSpan Lasts);

/// <summary>A request that was admitted; never settled where its silo died.</summary>
internal sealed class Admission(double came, double at, long reserved)
{
    public double Came => came;

    public double At => at;

    public long Reserved { get; } = reserved;

    public long Used { get; set; }

    public double Settled { get; set; } = double.PositiveInfinity;

    /// <summary>When it ended with its silo.</summary>
    public double Died { get; set; } = double.PositiveInfinity;
}
