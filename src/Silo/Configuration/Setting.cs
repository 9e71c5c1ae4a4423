using System.Collections.Immutable;
using Prism.Providers;
using Prism.Silo.Configuration.Kinds;

namespace Prism.Silo.Configuration;

/// <summary>One setting.</summary>
/// <param name="Name">The environment variable.</param>
/// <param name="Path">Its path in the configuration; null if it only says how to read others.</param>
/// <param name="Kind">The allowed values.</param>
/// <param name="Default">The default, in the form of the environment variable; null for none.</param>
/// <param name="Description">For the documentation, in Markdown.</param>
internal sealed record Setting(string Name, string? Path, SettingKind Kind, string? Default, string Description)
{
    /// <summary>The beginning of every message about this setting.</summary>
    public string Label => LabelOf(Name, Path);

    public static string LabelOf(string name, string? path) => path is null ? name : $"{name} ({path})";
}

/// <summary>Settings that belong together.</summary>
internal sealed record SettingGroup(string Title, ImmutableArray<Setting> Settings);

/// <summary>A setting that every provider has.</summary>
/// <param name="Suffix">The end of its environment variable, after <see cref="ProviderOptions.VariablePrefix"/>.</param>
/// <param name="Key">Its key in the provider's section.</param>
/// <param name="Kind">The allowed values.</param>
/// <param name="Description">For the documentation, in Markdown.</param>
/// <param name="GetDefault">The default of a provider, in the form of the environment variable; null for none.</param>
/// <param name="Apply">Sets a configured value.</param>
internal sealed record ProviderSetting(
    string Suffix,
    string Key,
    SettingKind Kind,
    string Description,
    Func<ProviderOptions, string?> GetDefault,
    Action<ProviderOptions, string> Apply)
{
    /// <summary>The setting of one provider.</summary>
    public Setting Of(ProviderOptions provider) =>
        new(
            $"{provider.VariablePrefix}_{Suffix}",
            $"{Settings.ProvidersPath}:{provider.Name}:{Key}",
            Kind,
            GetDefault(provider),
            Description);
}
