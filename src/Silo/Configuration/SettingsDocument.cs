using System.Text;
using Prism.Providers;

namespace Prism.Silo.Configuration;

/// <summary>The tables of docs/configuration.md.</summary>
internal static class SettingsDocument
{
    /// <summary>All settings in Markdown: a heading and a table for each group, each provider, and added providers in general.</summary>
    public static string Render()
    {
        var text = new StringBuilder();
        foreach (var group in Settings.Groups)
        {
            Append(text, group.Title, group.Settings);
        }

        foreach (var provider in ProviderNames.BuiltIn)
        {
            var settings = ProviderSettings.Of(provider).Where(setting => setting != ProviderSettings.Type).Select(setting => setting.Of(provider));
            Append(text, $"Provider `{provider.Name}`", settings);
        }

        var added = new ProviderOptions { Name = "<name>" };
        Append(text, "Added providers", ProviderSettings.Of(added).Select(setting => setting.Of(added)));
        return text.ToString();
    }

    private static void Append(StringBuilder text, string title, IEnumerable<Setting> settings)
    {
        text.Append("### ").Append(title).Append("\n\n| variable | default | value | in appsettings.json | |\n|---|---|---|---|---|\n");
        foreach (var setting in settings)
        {
            text.Append("| `").Append(setting.Name)
                .Append("` | ").Append(Code(setting.Default))
                .Append(" | ").Append(setting.Kind.Allowed)
                .Append(" | ").Append(Code(setting.Path))
                .Append(" | ").Append(setting.Description)
                .Append(" |\n");
        }

        text.Append('\n');
    }

    private static string Code(string? text) => string.IsNullOrEmpty(text) ? "–" : $"`{text}`";
}
