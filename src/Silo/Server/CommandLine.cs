using System.Reflection;
using Prism.Providers;
using Prism.Silo.Configuration;

namespace Prism.Silo.Server;

/// <summary>
/// The process's own command line: verbs instead of a start, and unknown options. Everything else is configuration, as <c>--Prism:Port=8001</c> or
/// <c>--Prism:Port 8001</c>.
/// </summary>
internal static class CommandLine
{
    /// <summary>The exit code for a wrong command line, as of most programs.</summary>
    public const int Misused = 2;

    private static readonly string[] Help = ["--help", "-h", "-?", "/?", "help"];
    private static readonly string[] Versions = ["--version", "-v", "-V", "version"];

    // Options of the host itself.
    private static readonly string[] HostKeys = ["environment", "contentRoot", "applicationName", "webRoot"];
    private static readonly string[] HostSections = ["Kestrel:", "Logging:", "Orleans:"];

    /// <summary>The version of this build.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Handles a command line that does not start a silo.</summary>
    /// <returns>The exit code; null if the process is to start.</returns>
    public static int? Answer(string[] args, TextWriter output, TextWriter error)
    {
        if (args.Any(arg => Help.Contains(arg, StringComparer.OrdinalIgnoreCase)))
        {
            output.Write(HelpText.Render(Version));
            return 0;
        }

        if (args.Any(Versions.Contains))
        {
            output.WriteLine($"prism {Version}");
            return 0;
        }

        if (FindProblem(args) is { } problem)
        {
            error.WriteLine($"prism: {problem} See --help.");
            return Misused;
        }

        return null;
    }

    private static string? FindProblem(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var (key, hasValue) = KeyOf(args[i]);
            if (key is null)
            {
                return $"'{args[i]}' is not an option.";
            }

            if (!IsKnown(key))
            {
                return $"unknown option '{OptionOf(args[i])}'.{HintFor(key)}";
            }

            if (!hasValue && ++i == args.Length)
            {
                return $"'{args[^1]}' has no value.";
            }
        }

        return null;
    }

    // As .NET's configuration reads it: --key=value, --key value, /key value, key=value.
    private static (string? Key, bool HasValue) KeyOf(string arg)
    {
        var start = arg.StartsWith("--", StringComparison.Ordinal) ? 2 : arg is ['/' or '-', ..] ? 1 : 0;
        var equals = arg.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? (start > 0 && arg.Length > start ? arg[start..] : null, false)
            : (equals > start ? arg[start..equals] : null, true);
    }

    // The value may be a secret.
    private static string OptionOf(string arg) => arg.Split('=')[0];

    private static bool IsKnown(string key) =>
        HostKeys.Contains(key, StringComparer.OrdinalIgnoreCase)
        || HostSections.Any(section => key.StartsWith(section, StringComparison.OrdinalIgnoreCase))
        || Paths().Any(path => IsAt(key, path))
        || IsOfProvider(key);

    private static bool IsOfProvider(string key) =>
        key.Split(':') is ["Prism" or "prism", "Providers" or "providers", var name, ..]
        && OfProvider(name).Any(setting => IsAt(key, setting.Path!));

    private static IEnumerable<Setting> OfProvider(string name) =>
        from type in ProviderType.All
        let provider = new ProviderOptions { Name = name, Type = type }
        from setting in ProviderSettings.Of(provider)
        select setting.Of(provider);

    // A list may also be given as single items.
    private static bool IsAt(string key, string path) =>
        key.Equals(path, StringComparison.OrdinalIgnoreCase) || key.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Paths() =>
        Settings.Groups.SelectMany(group => group.Settings).Select(setting => setting.Path).OfType<string>();

    private static string HintFor(string key)
    {
        var settings = Settings.Groups.SelectMany(group => group.Settings).Where(setting => setting.Path is not null);
        var written = Last(key);
        var (closest, distance) = settings
            .Select(setting => (setting, Distance: Math.Min(
                EditDistance.Between(written, Last(setting.Path!)),
                EditDistance.Between(written, setting.Name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant()))))
            .MinBy(candidate => candidate.Distance);
        return distance <= Math.Clamp(written.Length / 3, 0, 3) ? $" Did you mean --{closest.Path}, which {closest.Name} sets too?" : "";
    }

    private static string Last(string key) =>
        key.Split(':')[^1].Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
