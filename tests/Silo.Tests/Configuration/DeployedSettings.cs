using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prism.Providers;
using Prism.Silo.Configuration;

namespace Prism.Tests.Configuration;

/// <summary>What the files that deploy Prism say about <see cref="Settings"/>.</summary>
internal static class DeployedSettings
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The settings of .env.example: every one as a comment with its default, after what it is.</summary>
    public static string RenderEnvironment()
    {
        var text = new StringBuilder();
        foreach (var group in Settings.Groups)
        {
            Append(text, group.Title, group.Settings);
        }

        foreach (var provider in ProviderNames.BuiltIn)
        {
            var settings = ProviderSettings.Of(provider).Where(setting => setting != ProviderSettings.Type).Select(setting => setting.Of(provider));
            Append(text, $"Provider {provider.Name}", settings);
        }

        var added = new ProviderOptions { Name = "<name>" };
        Append(text, "Added providers: as many as LLM_PROVIDERS names", ProviderSettings.Of(added).Select(setting => setting.Of(added)));
        return text.ToString();
    }

    /// <summary>The chart's schema with the names that `config` may have: every setting's, any provider's, and OpenTelemetry's own.</summary>
    public static string RenderSchema(string schema)
    {
        var root = JsonNode.Parse(schema)!;
        var names = Settings.Groups.SelectMany(group => group.Settings).Select(setting => JsonValue.Create(setting.Name));
        var suffixes = ProviderSettings.Of(new ProviderOptions()).Concat(ProviderSettings.Of(ProviderNames.BuiltIn.Single(provider => provider.Type == ProviderType.Echo)))
            .Select(setting => setting.Suffix)
            .Distinct();
        root["properties"]!["config"]!["propertyNames"] = new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray([.. names]) },
                new JsonObject { ["pattern"] = $"^LLM_[A-Z0-9_]+_({string.Join('|', suffixes)})$" },
                // Those that the OpenTelemetry SDK reads by itself.
                new JsonObject { ["pattern"] = "^OTEL_[A-Z0-9_]+$" }),
        };
        return root.ToJsonString(Written) + "\n";
    }

    private static void Append(StringBuilder text, string title, IEnumerable<Setting> settings)
    {
        text.Append("\n## ").Append(title).Append('\n');
        foreach (var setting in settings)
        {
            text.Append("# ").Append(Plain(setting.Description)).Append(" (").Append(Plain(setting.Kind.Allowed)).Append(")\n")
                .Append('#').Append(setting.Name).Append('=').Append(setting.Default).Append('\n');
        }
    }

    private static string Plain(string markdown) => markdown.Replace("`", "", StringComparison.Ordinal);
}
