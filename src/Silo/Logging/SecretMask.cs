using System.Buffers;
using System.Collections.Immutable;
using System.Text;
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

    // Each byte of UTF-8 as one character: a set of texts is searched at once, a set of byte sequences is not. A text is in a line if and only if its
    // bytes are in those of the line.
    private readonly ImmutableArray<string> _secrets;
    private readonly SearchValues<string> _anySecret;

    /// <param name="secrets">The secrets.</param>
    public SecretMask(IEnumerable<string> secrets)
    {
        _secrets = [.. secrets.Where(secret => secret.Length >= MinLength).SelectMany(secret => new[] { secret, InJson(secret) }).Select(Widen).Distinct()];
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

    /// <summary>The lines without the secrets.</summary>
    public ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> lines)
    {
        if (_secrets.IsEmpty)
        {
            return lines;
        }

        var buffer = ArrayPool<char>.Shared.Rent(lines.Length);
        var text = buffer.AsSpan(0, Encoding.Latin1.GetChars(lines, buffer));
        var masked = text.ContainsAny(_anySecret) ? Encoding.Latin1.GetBytes(Mask(text.ToString())) : lines;
        ArrayPool<char>.Shared.Return(buffer);
        return masked;
    }

    private string Mask(string text) => _secrets.Aggregate(text, (left, secret) => left.Replace(secret, Masked, StringComparison.Ordinal));

    private static string Widen(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string InJson(string secret)
    {
        using var json = new StringWriter();
        JsonValueFormatter.WriteQuotedJsonString(secret, json);
        return json.ToString()[1..^1];
    }
}
