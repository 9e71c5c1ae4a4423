using System.Text.Json;

namespace Prism.Tests.Faults;

/// <summary>What a client got.</summary>
internal sealed record FaultSighting
{
    private const string Done = "[DONE]";

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>How often a provider was asked.</summary>
    public required string? Attempts { get; init; }

    /// <summary>When to come back, in seconds.</summary>
    public required string? RetryAfter { get; init; }

    /// <summary>All of the body.</summary>
    public required string Body { get; init; }

    /// <summary>The text of the answer, as far as it came.</summary>
    public required string Text { get; init; }

    /// <summary>Whether the answer is whole, as far as a client can tell.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>Prompt, answer and total in tokens; null where that is not told.</summary>
    public (int Prompt, int Answer, int Total)? Usage { get; init; }

    /// <summary>The error, which is the last of everything.</summary>
    public (string? Type, string? Code, string? Message)? Error { get; init; }

    public static async Task<FaultSighting> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        var isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        var pieces = isStream
            ? [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(piece => piece[0] != ':').Select(piece => piece["data: ".Length..])]
            : new[] { body };
        var json = pieces.Where(piece => piece != Done).Select(piece => JsonDocument.Parse(piece).RootElement).ToList();
        return new()
        {
            Status = (int)response.StatusCode,
            Attempts = response.Headers.TryGetValues("x-prism-attempts", out var attempts) ? attempts.Single() : null,
            RetryAfter = response.Headers.RetryAfter?.ToString(),
            Body = body,
            Text = string.Concat(json.Select(TextOf)),
            IsWhole = isStream ? pieces[^1] == Done : response.IsSuccessStatusCode,
            Usage = json[^1].TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object ? UsageOf(usage) : null,
            Error = json[^1].TryGetProperty("error", out var error) ? ErrorOf(error) : null,
        };
    }

    private static string? TextOf(JsonElement piece)
    {
        if (!piece.TryGetProperty("choices", out var choices) || choices.GetArrayLength() == 0)
        {
            return null;
        }

        var message = choices[0].TryGetProperty("delta", out var delta) ? delta : choices[0].GetProperty("message");
        return message.TryGetProperty("content", out var content) ? content.GetString() : null;
    }

    private static (int Prompt, int Answer, int Total) UsageOf(JsonElement usage) => (
        usage.GetProperty("prompt_tokens").GetInt32(),
        usage.GetProperty("completion_tokens").GetInt32(),
        usage.GetProperty("total_tokens").GetInt32());

    private static (string? Type, string? Code, string? Message) ErrorOf(JsonElement error) => (
        error.GetProperty("type").GetString(), error.GetProperty("code").GetString(), error.GetProperty("message").GetString());
}
