using System.Globalization;
using System.Text;
using Prism.Silo.Logging;

namespace Prism.Tests.Logging;

/// <summary>Numbers of a log line are those of the formats that they replace.</summary>
public sealed class LineNumbersTests
{
    private static readonly double[] Times =
    [
        0, -0d, 0.05, 0.15, 0.25, 0.35, 0.449999999999999, 0.45, 9.95, 99.95, 0.0001, 0.00009, 0.00001, 1e10, 1e10 - 0.0001, 1e15, 1e300, -1.25, -0.01,
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue,
    ];

    private static readonly decimal[] Costs =
        [0, 0.000m, 10m, 100.00m, 0.5000000000m, 0.0000000005m, 0.00000000049999m, 0.9999999995m, -0.0000000001m, -1.50m, decimal.MaxValue, decimal.MinValue];

    [Fact]
    public void Milliseconds_are_those_of_the_formats()
    {
        var random = new Random(1);
        // Whole ticks, the middle between two tenths, and any number.
        var times = Times
            .Concat(Many(() => TimeSpan.FromTicks(random.NextInt64(1L << random.Next(1, 62))).TotalMilliseconds))
            .Concat(Many(() => TimeSpan.FromTicks((random.NextInt64(1L << random.Next(1, 40)) * 1000) + 500).TotalMilliseconds))
            .Concat(Many(() => Math.BitIncrement(random.Next(1 << random.Next(1, 30)) + 0.05)))
            .Concat(Many(() => Math.BitDecrement(random.Next(1 << random.Next(1, 30)) + 0.25)))
            .Concat(Many(() => random.NextDouble() * Math.Pow(10, random.Next(-8, 20))));

        Assert.All(times, time =>
        {
            Assert.Equal(time.ToString("0.0", CultureInfo.InvariantCulture), Write(line => LineNumbers.WriteTenths(line, time)));
            Assert.Equal(time.ToString(CultureInfo.InvariantCulture), Write(line => LineNumbers.WriteAll(line, time)));
        });
    }

    [Fact]
    public void Dollars_are_those_of_the_format_and_say_when_they_have_all_their_digits()
    {
        var random = new Random(2);
        var costs = Costs
            .Concat(Many(() => new decimal(random.Next(), random.Next(1 << random.Next(31)), 0, random.Next(5) == 0, (byte)random.Next(29))))
            .Concat(Many(() => (random.Next(1 << random.Next(31)) + 0.5m) / 1_000_000_000m));

        Assert.All(costs, cost =>
        {
            var place = default(Place);
            var text = Write(line => place = LineNumbers.WriteUsd(line, cost));
            Assert.Equal(cost.ToString("0.#########", CultureInfo.InvariantCulture), text);
            Assert.True(place.Length == 0 || text == cost.ToString(CultureInfo.InvariantCulture), $"{cost} has other digits.");
        });
    }

    private static IEnumerable<T> Many<T>(Func<T> next) => Enumerable.Range(0, 5_000).Select(_ => next());

    private static string Write(Action<LineWriter> write)
    {
        var line = LineWriter.Rent();
        write(line);
        var text = Encoding.UTF8.GetString(line.Written);
        line.Return();
        return text;
    }
}
