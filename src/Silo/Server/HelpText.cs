using System.Text;
using Prism.Providers;
using Prism.Silo.Configuration;

namespace Prism.Silo.Server;

/// <summary>The output of <c>--help</c>.</summary>
internal static class HelpText
{
    private const int NameWidth = 36;

    /// <summary>The usage of the program, and every setting with its default.</summary>
    public static string Render(string version)
    {
        var text = new StringBuilder();
        text.AppendLine($"Prism {version}: one HTTP API in front of LLM providers.")
            .AppendLine()
            .AppendLine("Usage:")
            .AppendLine("  prism                            starts it; by default at http://localhost:8000 with the echo provider")
            .AppendLine("  prism --Prism:Port=8001          starts it with a setting by its path in appsettings.json")
            .AppendLine("  prism --health [URL]             checks the health of a running Prism; exit code 0 or 1")
            .AppendLine("  prism --version | --help")
            .AppendLine()
            .AppendLine("Settings are environment variables:");
        foreach (var group in Settings.Groups)
        {
            Append(text, group.Title, group.Settings);
        }

        var provider = new ProviderOptions { Name = "<name>" };
        Append(text, "Each provider (openai, anthropic, ollama, echo, and those of LLM_PROVIDERS)", ProviderSettings.Of(provider).Select(setting => setting.Of(provider)));
        return text.AppendLine().AppendLine("docs/configuration.md has their values and their paths in appsettings.json.").ToString();
    }

    private static void Append(StringBuilder text, string title, IEnumerable<Setting> settings)
    {
        text.AppendLine().AppendLine($"{title}:");
        foreach (var setting in settings)
        {
            var preset = string.IsNullOrEmpty(setting.Default) ? "" : $" [{setting.Default}]";
            text.AppendLine($"  {setting.Name.PadRight(NameWidth)} {setting.Description.Replace("`", "", StringComparison.Ordinal)}{preset}");
        }
    }
}
