using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Prism.Tests.Faults;

/// <summary>A row of the table as a provider of one type has it. Each is a provider of its own, for what one does must not be the other's breaker.</summary>
internal sealed partial record FaultCase(FaultRow Row, FaultVendor Vendor)
{
    /// <summary>In seconds, of what is late however short it is.</summary>
    public const string ShortTimeout = "0.02";

    public static ImmutableArray<FaultCase> All { get; } =
        [.. from row in FaultTable.Rows from vendor in FaultVendor.All select new FaultCase(row, vendor)];

    /// <summary>The provider's name in Prism, and its place at the scripted upstream.</summary>
    public string Provider { get; } =
        $"fault-{NoWord().Replace(Row.Fault.ToLowerInvariant(), "-")}-{Vendor.Name}-{(Row.Streamed ? "stream" : "whole")}";

    /// <summary>What it does; null where nobody has written that.</summary>
    public FaultScript? Script => FaultScripts.All.GetValueOrDefault(Row.Fault);

    /// <summary>Whether it takes seconds: where a provider falls silent after its first word, that must come in time on any machine.</summary>
    public bool IsSlow => Script is { FallsSilent: true } && Row.EndsInError;

    public static FaultCase Find(string fault, string vendor, bool streamed) =>
        All.Single(one => one.Row.Fault == fault && one.Vendor.Name == vendor && one.Row.Streamed == streamed);

    /// <summary>The provider's settings.</summary>
    /// <param name="url">Where it is.</param>
    public IEnumerable<(string Name, string Value)> SettingsAt(string url)
    {
        (string Name, string Value)[] settings =
        [
            ("TYPE", Vendor.Type), ("BASE_URL", url), ("API_KEY", FaultVendor.Key), ("DEFAULT_MODEL", "a-model"), .. Script?.Settings ?? [],
            ("TIMEOUT", Script is not { FallsSilent: true } ? "60" : IsSlow ? "3" : ShortTimeout),
        ];
        var prefix = "LLM_" + Provider.Replace('-', '_').ToUpperInvariant();
        return settings.Select(setting => ($"{prefix}_{setting.Name}", setting.Value));
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoWord();
}
