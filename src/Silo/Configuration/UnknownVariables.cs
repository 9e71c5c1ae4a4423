using System.Text.RegularExpressions;
using Prism.Providers;

namespace Prism.Silo.Configuration;

/// <summary>Finds <c>LLM_…</c> variables that are no settings. Most are misspelt.</summary>
internal static partial class UnknownVariables
{
    /// <summary>A sentence for each, with the setting that may have been meant; never with their values.</summary>
    public static IEnumerable<string> Find(IReadOnlyDictionary<string, string> variables, SettingsTable table) =>
        from name in variables.Keys.Order(StringComparer.Ordinal)
        where name.StartsWith(Settings.Prefix, StringComparison.OrdinalIgnoreCase)
            && !table.TryFind(name, out _)
            && !IsServiceLink(name, variables[name])
        select $"Environment variable {name} is not a setting of Prism{FindHint(name, table)}";

    // Kubernetes sets LLM_SERVICE_HOST, LLM_SERVICE_PORT_HTTP, LLM_PORT_8000_TCP_ADDR and the like for a Service called "llm", and
    // LLM_GATEWAY_PORT=tcp://… for one called "llm-gateway". These are no misspellings.
    private static bool IsServiceLink(string name, string value) =>
        ServiceLink().IsMatch(name)
        || (name.EndsWith("_PORT", StringComparison.Ordinal) && value.Contains("://", StringComparison.Ordinal));

    private static string FindHint(string name, SettingsTable table)
    {
        var written = name.ToUpperInvariant();
        var (closest, distance) = table.All
            .Select(setting => (setting.Name, Distance: EditDistance.Between(written, setting.Name)))
            .MinBy(candidate => candidate.Distance);
        // The longer the name, the more letters may differ.
        if (distance <= Math.Clamp((closest.Length - Settings.Prefix.Length) / 3, 1, 3))
        {
            return $"; did you mean {closest}?";
        }

        return FindUndeclaredProvider(written) is { } provider
            ? $"; if it is for a provider '{provider}', add that to {Settings.Providers.Name}"
            : "";
    }

    private static string? FindUndeclaredProvider(string name) =>
        ProviderSettings.Of(new ProviderOptions())
            .Where(setting => name.EndsWith("_" + setting.Suffix, StringComparison.Ordinal)
                && name.Length > Settings.Prefix.Length + setting.Suffix.Length + 1)
            .Select(setting => name[Settings.Prefix.Length..^(setting.Suffix.Length + 1)].ToLowerInvariant())
            .Where(provider => ProviderNames.FindProblem(provider) is null && !ProviderNames.IsBuiltIn(provider))
            // LLM_X_CONNECT_TIMEOUT is the connect timeout of "x" rather than the timeout of "x_connect".
            .MinBy(provider => provider.Length);

    [GeneratedRegex("_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$")]
    private static partial Regex ServiceLink();
}
