using System.Globalization;

namespace Prism.Silo.Configuration.Kinds;

/// <summary>
/// A number of <paramref name="unit"/>s in the environment, a time span in the configuration. The bound also catches a plain <c>60</c> in
/// the configuration, which .NET reads as 60 days.
/// </summary>
internal sealed class DurationKind(TimeSpan unit, string unitName, bool allowsZero, TimeSpan max) : SettingKind
{
    private string MaxUnits => ((decimal)max.Ticks / unit.Ticks).ToString(CultureInfo.InvariantCulture);

    private string From => allowsZero ? "from 0" : "above 0 and";

    public override string Allowed => $"{unitName}, {(allowsZero ? "0" : "above 0")} to {MaxUnits}";

    public override SettingValue Read(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var units)
        && units <= (decimal)max.Ticks / unit.Ticks
        && IsInRange(TimeSpan.FromTicks((long)(units * unit.Ticks)))
            ? new(TimeSpan.FromTicks((long)(units * unit.Ticks)).ToString("c", CultureInfo.InvariantCulture), null)
            : new(null, $"has to be a number of {unitName}, {From} up to {MaxUnits}, not {Quoted.Of(text)}");

    public override string? FindProblem(string configured) =>
        TimeSpan.TryParse(configured, CultureInfo.InvariantCulture, out var duration) && IsInRange(duration)
            ? null
            : $"has to be a time as hh:mm:ss, {From} up to {max:c}, not {Quoted.Of(configured)}";

    private bool IsInRange(TimeSpan duration) => duration <= max && (allowsZero ? duration >= TimeSpan.Zero : duration > TimeSpan.Zero);
}
