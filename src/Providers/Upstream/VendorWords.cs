using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Prism.Providers.Upstream;

/// <summary>
/// Prepares a provider's own message for the log: one short line, without the provider's secrets, and without text that it repeats from the request,
/// because prompts are never logged.
/// </summary>
internal static class VendorWords
{
    private const int MaxLength = 500;
    private const int MostBytes = 4096;
    private const string Masked = "***";

    // A common substring of this length with a text of the request is a quotation, not a coincidence.
    private const int Repeated = 12;
    private const int ShortestText = 4;

    // Properties whose values are harmless: without these the message would be unintelligible.
    private static readonly string[] Harmless = ["model", "role", "type"];

    /// <summary>The message for the log; null for none.</summary>
    /// <param name="words">The provider's message.</param>
    /// <param name="secrets">The provider's keys and the values of its headers.</param>
    /// <param name="sent">The request body, as JSON.</param>
    public static string? Clean(string? words, IEnumerable<string> secrets, ReadOnlySpan<byte> sent)
    {
        if (string.IsNullOrWhiteSpace(words))
        {
            return null;
        }

        var text = KeyMask.Apply(words, secrets);
        // Longer than the logged part: the cut must not leave half of a text that has to be masked.
        text = OneLine(text.Length > 2 * MaxLength ? text[..(2 * MaxLength)] : text);
        text = WithoutRequest(text, sent);
        return text.Length <= MaxLength ? text : text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)] + "…";
    }

    /// <summary>
    /// The message in the body of a failed response that is not the vendor's error object: the texts in its JSON, or the whole body.
    /// </summary>
    public static string Read(ReadOnlySpan<byte> body)
    {
        // For example, the beginning of a proxy's error page.
        var beginning = body[..Math.Min(body.Length, MostBytes)];
        return beginning.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] && ReadTexts(beginning) is { Count: > 0 } texts
            ? string.Join(' ', texts)
            : Encoding.UTF8.GetString(beginning);
    }

    /// <summary>The text without control characters, and with single spaces.</summary>
    private static string OneLine(string text) => string.Join(
        ' ', string.Concat(text.Select(character => char.IsControl(character) || IsFormat(character) ? ' ' : character))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static bool IsFormat(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Format
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator;

    private static string WithoutRequest(string text, ReadOnlySpan<byte> sent)
    {
        var isRepeated = new bool[text.Length];
        var windows = text.Length < Repeated ? null : SearchValues.Create(
            [.. Enumerable.Range(0, text.Length - Repeated + 1).Select(start => text.Substring(start, Repeated)).Distinct()], StringComparison.Ordinal);
        foreach (var value in ReadTexts(sent))
        {
            MarkRepeats(text, OneLine(value), windows, isRepeated);
        }

        return Mask(text, isRepeated);
    }

    private static void MarkRepeats(string text, string value, SearchValues<string>? windows, bool[] isRepeated)
    {
        if (value.Length < Repeated)
        {
            MarkRepeats(text, value.Length < ShortestText ? "" : value, isRepeated);
            return;
        }

        for (var at = 0; windows is not null && value.AsSpan(at).IndexOfAny(windows) is >= 0 and var found; at += found + 1)
        {
            MarkRepeats(text, value.AsSpan(at + found, Repeated), isRepeated);
        }
    }

    private static void MarkRepeats(string text, ReadOnlySpan<char> part, bool[] isRepeated)
    {
        for (var at = 0; part.Length > 0 && text.AsSpan(at).IndexOf(part, StringComparison.Ordinal) is >= 0 and var found; at += found + 1)
        {
            isRepeated.AsSpan(at + found, part.Length).Fill(true);
        }
    }

    private static string Mask(string text, bool[] isRepeated)
    {
        var masked = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!isRepeated[i])
            {
                masked.Append(text[i]);
            }
            else if (i == 0 || !isRepeated[i - 1])
            {
                masked.Append(Masked);
            }
        }

        return masked.ToString();
    }

    // Every string of the body, decoded, except those under harmless names.
    private static List<string> ReadTexts(ReadOnlySpan<byte> sent)
    {
        var texts = new List<string>();
        var reader = new Utf8JsonReader(sent);
        var isHarmless = false;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String && !isHarmless)
                {
                    texts.Add(reader.GetString()!);
                }

                isHarmless = reader.TokenType == JsonTokenType.PropertyName && Harmless.Contains(reader.GetString());
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The JSON is incomplete, or has invalid text.
        }

        return texts;
    }
}
