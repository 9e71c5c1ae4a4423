namespace Prism.Bench.Cases;

/// <summary>The number and length of the measurements of a case.</summary>
/// <param name="Rounds">The number of turns of each contender.</param>
/// <param name="Seconds">The measured time of a turn.</param>
/// <param name="WarmUpSeconds">The time each server is under load before the first round, for the runtime to compile its hot code.</param>
/// <param name="SettleSeconds">The time between the start of an idle silo and the measurement of its memory.</param>
/// <param name="SoakMinutes">The duration of the soak.</param>
internal sealed record Budget(int Rounds, double Seconds, double WarmUpSeconds, double SettleSeconds, double SoakMinutes)
{
    /// <summary>The time of each turn before its measurement begins: connections are made, idle threads wake up.</summary>
    public const double LeadInSeconds = 0.25;

    /// <summary>For results.</summary>
    public static readonly Budget Full = new(5, 2, 10, 5, 30);

    /// <summary>For a check that every case works.</summary>
    public static readonly Budget Quick = new(1, 0.25, 0.15, 0.3, 0.2);
}
