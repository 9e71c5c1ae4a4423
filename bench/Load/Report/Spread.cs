using System.Globalization;

namespace Prism.Bench.Report;

/// <summary>The median of some rounds, and how far they lie apart.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return new(sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary>The median, and half of the distance between the least and the most as a share of it: <c>12,345 ±3 %</c>.</summary>
    public string ToString(string format)
    {
        var share = Median == 0 ? 0 : (Max - Min) / 2 / Math.Abs(Median) * 100;
        return string.Create(CultureInfo.InvariantCulture, $"{Median.ToString(format, CultureInfo.InvariantCulture)} ±{share:0} %");
    }
}
