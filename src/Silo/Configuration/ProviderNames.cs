using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Prism.Providers;
using Prism.Silo.Configuration.Kinds;

namespace Prism.Silo.Configuration;

/// <summary>The valid names of providers. A name is part of variables, so it must not form the variable of another setting.</summary>
internal static partial class ProviderNames
{
    /// <summary>The built-in providers, with their defaults.</summary>
    public static ImmutableArray<ProviderOptions> BuiltIn { get; } = [.. Create()];

    private static readonly ImmutableArray<string> Reserved =
    [
        .. Settings.Groups.SelectMany(group => group.Settings)
            .Where(setting => setting.Name.StartsWith(Settings.Prefix, StringComparison.Ordinal))
            .Select(setting => setting.Name.Split('_')[1].ToLowerInvariant()),
        // First words of variables that Prism may get.
        "admin", "api", "cache", "fallback", "provider",
    ];

    public static bool IsBuiltIn(string name) => BuiltIn.Any(provider => provider.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the name would form variables of another setting.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name.Split('-', '_')[0]);

    /// <summary>The problem with a name, as the end of a sentence; null if it is valid.</summary>
    public static string? FindProblem(string name) =>
        !WellFormed().IsMatch(name)
            ? $"has a provider {Quoted.Of(name)}: a name is lower case letters, digits, - and _, and begins and ends with a letter or digit"
            : IsReserved(name)
                ? $"has a provider {Quoted.Of(name)}: its variables would look like other settings'"
                : null;

    private static IEnumerable<ProviderOptions> Create()
    {
        foreach (var (name, provider) in new ProvidersOptions().Providers)
        {
            provider.Name = name;
            yield return provider;
        }
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$")]
    private static partial Regex WellFormed();
}
