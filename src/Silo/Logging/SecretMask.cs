using System.Buffers;
using System.Collections.Immutable;
using Prism.Silo.Configuration;
using Serilog.Formatting.Json;

namespace Prism.Silo.Logging;

/// <summary>
/// The last line of defence: removes the configured secrets from written lines. No code may log them in the first place.
/// </summary>
internal sealed class SecretMask
{
    private const string Masked = "***";

    // Shorter ones are placeholders ("none", "ollama"). Masking them would garble lines.
    private const int MinLength = 8;

    private readonly ImmutableArray<string> _secrets;
    private readonly SearchValues<string> _anySecret;

    /// <param name="secrets">The secrets.</param>
    public SecretMask(IEnumerable<string> secrets)
    {
        _secrets = [.. secrets.Where(secret => secret.Length >= MinLength).SelectMany(secret => new[] { secret, InJson(secret) }).Distinct()];
        _anySecret = SearchValues.Create(_secrets.AsSpan(), StringComparison.Ordinal);
    }

    /// <summary>A mask for every secret in the configuration.</summary>
    public static SecretMask Of(IConfiguration configuration)
    {
        var ofProviders = configuration.GetSection(Settings.ProvidersPath).GetChildren()
            .SelectMany(section => ProviderSettings.Of(new() { Name = section.Key }).Select(setting => setting.Of(new() { Name = section.Key })));
        return new(Settings.Groups.SelectMany(group => group.Settings).Concat(ofProviders)
            .Where(setting => setting.Kind.IsSecret)
            .SelectMany(setting => ProvidersSection.ReadValue(configuration, setting.Path!) is { } value ? setting.Kind.FindSecrets(value) : []));
    }

    /// <summary>The text without the secrets.</summary>
    public string Apply(string text)
    {
        if (!text.AsSpan().ContainsAny(_anySecret))
        {
            return text;
        }

        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Masked, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Writes the text without the secrets.</summary>
    public void Write(ReadOnlySpan<char> text, TextWriter output) =>
        output.Write(text.ContainsAny(_anySecret) ? Apply(text.ToString()) : text);

    private static string InJson(string secret)
    {
        using var json = new StringWriter();
        JsonValueFormatter.WriteQuotedJsonString(secret, json);
        return json.ToString()[1..^1];
    }
}
