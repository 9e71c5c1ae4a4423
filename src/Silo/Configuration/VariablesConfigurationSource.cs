namespace Prism.Silo.Configuration;

/// <summary>Puts the environment variables of <see cref="Settings"/> at their paths in the configuration.</summary>
/// <param name="variables">The environment.</param>
/// <param name="table">The settings to look for.</param>
/// <param name="addedProviders">The providers that the environment adds: each gets a section, even an empty one.</param>
internal sealed class VariablesConfigurationSource(
    IReadOnlyDictionary<string, string> variables, SettingsTable table, IReadOnlyCollection<string> addedProviders) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new VariablesConfigurationProvider(this);

    private sealed class VariablesConfigurationProvider(VariablesConfigurationSource source) : ConfigurationProvider
    {
        /// <exception cref="SettingException">A variable's text is not valid for its setting.</exception>
        public override void Load() => Data = source.Read();
    }

    private Dictionary<string, string?> Read()
    {
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in addedProviders)
        {
            data[$"{Settings.ProvidersPath}:{name}"] = "";
        }

        foreach (var setting in table.All)
        {
            if (setting.Path is not null && ReadText(variables, setting) is { } text)
            {
                data[setting.Path] = Convert(setting, text);
            }
        }

        return data;
    }

    /// <summary>A variable's text without white space around it; null if it is not set, or empty as deployment tools leave it.</summary>
    public static string? ReadText(IReadOnlyDictionary<string, string> variables, Setting setting) =>
        variables.TryGetValue(setting.Name, out var text) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private static string? Convert(Setting setting, string text)
    {
        var (configured, problem) = setting.Kind.Read(text);
        return problem is null ? configured : throw new SettingException($"{setting.Label} {problem}.");
    }
}
