namespace Prism.Bench.Cases;

/// <summary>How long a case may take.</summary>
/// <param name="Rounds">How often each contender has its turn.</param>
/// <param name="Seconds">How long a turn counts.</param>
/// <param name="WarmUpSeconds">How long each server is under load before the first round, so that what it does often is compiled by then.</param>
/// <param name="SettleSeconds">How long an idle silo is left alone before it is looked at.</param>
/// <param name="SoakMinutes">How long the load of the soak lasts.</param>
internal sealed record Budget(int Rounds, double Seconds, double WarmUpSeconds, double SettleSeconds, double SoakMinutes)
{
    /// <summary>What of each turn comes before it counts: connections are made, and what slept wakes up.</summary>
    public const double LeadInSeconds = 0.25;

    /// <summary>For numbers.</summary>
    public static readonly Budget Full = new(5, 2, 10, 5, 30);

    /// <summary>For seeing that everything runs.</summary>
    public static readonly Budget Quick = new(1, 0.25, 0.15, 0.3, 0.2);
}
