using System.Diagnostics.CodeAnalysis;
using Prism.Providers;

namespace Prism.Silo.Configuration;

/// <summary>All settings of this process: the fixed ones, and those of each known provider.</summary>
internal sealed class SettingsTable
{
    private readonly Dictionary<string, Setting> _byName = new(StringComparer.Ordinal);

    /// <param name="addedProviders">The names of providers besides the built-in ones.</param>
    /// <exception cref="SettingException">Two settings would have the same variable.</exception>
    public SettingsTable(IEnumerable<string> addedProviders)
    {
        var added = addedProviders.Where(name => !ProviderNames.IsBuiltIn(name)).Select(name => new ProviderOptions { Name = name });
        var ofProviders = ProviderNames.BuiltIn.Concat(added)
            .SelectMany(provider => ProviderSettings.Of(provider).Select(setting => setting.Of(provider)));
        foreach (var setting in Settings.Groups.SelectMany(group => group.Settings).Concat(ofProviders))
        {
            if (!_byName.TryAdd(setting.Name, setting))
            {
                throw new SettingException(
                    $"{Settings.Providers.Name} and {Settings.ProvidersPath} have names that are too much alike: "
                    + $"{setting.Name} would be both {_byName[setting.Name].Path} and {setting.Path}.");
            }
        }
    }

    /// <summary>Every setting.</summary>
    public IReadOnlyCollection<Setting> All => _byName.Values;

    /// <summary>The setting of this environment variable.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out Setting? setting) => _byName.TryGetValue(name, out setting);

    /// <summary>The settings directly in a section of the configuration.</summary>
    public IEnumerable<Setting> In(string section) =>
        All.Where(setting => setting.Path is { } path
            && path.LastIndexOf(':') == section.Length
            && path.StartsWith(section, StringComparison.Ordinal));
}
