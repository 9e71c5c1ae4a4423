namespace Prism.Silo.Logging;

/// <summary>Numbers as the formats of .NET write them, for less: no format is parsed, and no shortest digits of a double are searched.</summary>
internal static class LineNumbers
{
    private const int TicksPerMillisecond = (int)TimeSpan.TicksPerMillisecond;
    private const int UsdDecimals = 9;

    // Up to here, ticks have at most 15 digits. Such a number is the shortest that gives its double, and has all the digits that a format looks at.
    private const double MostExact = 1e10;

    /// <summary>Writes milliseconds as the format <c>0.0</c> does.</summary>
    public static Place WriteTenths(LineWriter line, double milliseconds)
    {
        if (FindTicks(milliseconds) is { } ticks)
        {
            var tenths = (ticks + (TicksPerMillisecond / 20)) / (TicksPerMillisecond / 10);
            line.Write(tenths / 10);
            line.Write([(byte)'.', Digit(tenths)]);
        }
        else
        {
            line.Write(milliseconds, "0.0");
        }

        return default;
    }

    /// <summary>Writes milliseconds with all their digits.</summary>
    public static void WriteAll(LineWriter line, double milliseconds)
    {
        if (FindTicks(milliseconds) is not { } ticks)
        {
            line.Write(milliseconds);
            return;
        }

        line.Write(ticks / TicksPerMillisecond);
        line.Write([(byte)'.', Digit(ticks / 1000), Digit(ticks / 100), Digit(ticks / 10), Digit(ticks)]);
        line.TrimFraction();
    }

    /// <summary>Writes US dollars as the format <c>0.#########</c> does.</summary>
    /// <returns>Their place if they have the same digits without a format.</returns>
    public static Place WriteUsd(LineWriter line, decimal usd)
    {
        if (decimal.IsNegative(usd))
        {
            line.Write(usd, "0.#########");
            return default;
        }

        var place = line.Write(usd.Scale > UsdDecimals ? decimal.Round(usd, UsdDecimals, MidpointRounding.AwayFromZero) : usd);
        if (usd.Scale > 0)
        {
            line.TrimFraction();
        }

        return usd.Scale <= UsdDecimals && line.Length == place.Start + place.Length ? place : default;
    }

    // Measured times are whole ticks, which TimeSpan.TotalMilliseconds divides.
    private static long? FindTicks(double milliseconds)
    {
        if (double.IsNegative(milliseconds) || !(milliseconds < MostExact))
        {
            return null;
        }

        var ticks = (long)((milliseconds * TicksPerMillisecond) + 0.5);
        return (double)ticks / TicksPerMillisecond == milliseconds ? ticks : null;
    }

    private static byte Digit(long number) => (byte)('0' + (number % 10));
}
