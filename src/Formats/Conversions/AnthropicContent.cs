using System.Text.Json;
using Prism.Formats.Anthropic.Messages;
using Prism.Formats.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Converts the content of one message to Anthropic's blocks. Empty texts are omitted, because Anthropic rejects them.</summary>
internal static class AnthropicContent
{
    private const string Refusal = "refusal";

    /// <summary>Converts a system or developer message: text only.</summary>
    public static IEnumerable<AnthropicBlock> MapInstructions(MessageContent? content, string path, ConversionFaults faults) =>
        Map(content, path, (part, place) => part.Type == ContentPart.TextType ? MapText(part, place, faults) : Refuse(place, faults));

    /// <summary>Converts a user's message or a tool's result: text and images.</summary>
    public static IEnumerable<AnthropicBlock> MapSaid(MessageContent? content, string path, ConversionFaults faults) =>
        Map(content, path, (part, place) => part.Type switch
        {
            ContentPart.TextType => MapText(part, place, faults),
            ContentPart.ImageType => MapImage(part, place, faults),
            _ => Refuse(place, faults),
        });

    /// <summary>Converts an assistant's message: text and refusals, which Anthropic's models write as text.</summary>
    public static IEnumerable<AnthropicBlock> MapAnswered(ChatMessage message, string path, ConversionFaults faults)
    {
        var answered = Map(message.Content, path, (part, place) => part.Type switch
        {
            ContentPart.TextType => MapText(part, place, faults),
            Refusal => Text(RefusalIn(part.Extra)),
            _ => Refuse(place, faults),
        });
        return Text(RefusalIn(message.Extra)) is { } refusal ? answered.Append(refusal) : answered;
    }

    private static IEnumerable<AnthropicBlock> Map(MessageContent? content, string path, Func<ContentPart, string, AnthropicBlock?> map) =>
        content?.Text is { } text
            ? new[] { Text(text) }.OfType<AnthropicBlock>()
            : (content?.Parts ?? []).Select((part, index) => map(part, $"{path}.content[{index}]")).OfType<AnthropicBlock>();

    private static AnthropicText? Text(string? text) => string.IsNullOrEmpty(text) ? null : new() { Text = text };

    private static AnthropicText? MapText(ContentPart part, string path, ConversionFaults faults)
    {
        if (part.Text is null)
        {
            faults.Invalid("is missing", path + ".text");
        }

        return Text(part.Text) is { } text ? text with { CacheControl = AnthropicCacheControl.Extract(part.Extra, path, faults) } : null;
    }

    // The detail only limits the cost of an image; Anthropic always uses the full detail.
    private static AnthropicImage? MapImage(ContentPart part, string path, ConversionFaults faults)
    {
        if (SourceOf(part.ImageUrl?.Url) is { } source)
        {
            return new() { Source = source, CacheControl = AnthropicCacheControl.Extract(part.Extra, path, faults) };
        }

        faults.Invalid("must be an http or https address or data:<type>;base64,<data>", path + ".image_url.url");
        return null;
    }

    private static AnthropicImageSource? SourceOf(string? url)
    {
        if (DataUrl.IsOne(url))
        {
            return DataUrl.Read(url!) is { } found && found.Type.Contains('/', StringComparison.Ordinal)
                ? new() { Type = "base64", MediaType = found.Type, Data = found.Data }
                : null;
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            ? new() { Type = "url", Url = url }
            : null;
    }

    private static AnthropicBlock? Refuse(string path, ConversionFaults faults)
    {
        faults.Unsupported("parts of this type in such a message", path + ".type");
        return null;
    }

    private static string? RefusalIn(Dictionary<string, JsonElement>? extra) =>
        extra is not null && extra.TryGetValue(Refusal, out var text) ? JsonText.Of(text) : null;
}
