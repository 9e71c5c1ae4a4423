using System.Text.Json;

namespace Prism.Tests.Logging;

/// <summary>What a host has logged.</summary>
internal sealed class LogLines : IDisposable
{
    private readonly LogText _text = new();

    public Stream Writer => _text;

    public string Text => _text.ToString();

    /// <summary>Every line as the JSON object that it has to be.</summary>
    public JsonElement[] All =>
        [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>The lines of requests.</summary>
    public JsonElement[] Requests => [.. All.Where(line => line.TryGetProperty("ElapsedMs", out _))];

    /// <summary>A line's level; CLEF leaves out that of information.</summary>
    public static string Level(JsonElement line) => line.TryGetProperty("@l", out var level) ? level.GetString()! : "Information";

    public void Dispose() => _text.Dispose();
}
