namespace Prism.Grains.Quotas;

/// <summary>Money as ledgers count it: in whole millionths of a USD, a part of one as a whole one.</summary>
internal static class MicroUsd
{
    private const decimal Million = 1_000_000;

    /// <summary>An amount in USD. Larger amounts are cut to the largest that fits.</summary>
    public static long Of(decimal usd) => usd < long.MaxValue / Million ? RoundUp(usd * Million) : long.MaxValue;

    /// <summary>An amount in millionths of a USD. Larger amounts are cut to the largest that fits.</summary>
    public static long RoundUp(decimal microUsd) => microUsd < long.MaxValue ? (long)decimal.Ceiling(microUsd) : long.MaxValue;

    /// <summary>The same in USD.</summary>
    public static decimal ToUsd(long microUsd) => microUsd / Million;
}
