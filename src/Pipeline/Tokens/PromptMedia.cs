using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;
using Prism.Providers.Definitions;

namespace Prism.Pipeline.Tokens;

/// <summary>An upper bound for the images, audio and files of a request.</summary>
/// <param name="Tokens">The most tokens.</param>
/// <param name="Bytes">The bytes of the request's JSON that they occupy.</param>
internal readonly record struct PromptMedia(long Tokens, long Bytes)
{
    /// <summary>The type of an audio part, and the name of its property.</summary>
    public const string Audio = "input_audio";

    // The JSON around an inline image.
    private const int Frame = 48;

    // The most tokens of an earlier audio answer, which a later message references by its id.
    private const int EarlierAudio = 16_384;

    // No server counts more than one token for so many bytes of an inline file.
    private const int BytesPerToken = 4;

    private const string File = "file";

    /// <summary>The bound for a request.</summary>
    public static PromptMedia Of(ChatRequest request, ProviderDefinition? type)
    {
        var (sum, rule) = (default(PromptMedia), default(MediaRule?));
        foreach (var message in request.Messages)
        {
            foreach (var part in message.Content?.Parts ?? [])
            {
                if (part is { Type: ContentPart.TextType, ImageUrl: null, Extra: null })
                {
                    continue;
                }

                sum += Of(part, rule ??= RuleOf(request, type));
            }

            sum += message.Extra?.ContainsKey("audio") == true ? new PromptMedia(EarlierAudio, 0) : default;
        }

        return sum;
    }

    /// <summary>The media rule of a request's model.</summary>
    public static MediaRule RuleOf(ChatRequest request, ProviderDefinition? type) => type?.FindMediaRule(request.Model) ?? MediaRule.Unknown;

    public static PromptMedia operator +(PromptMedia one, PromptMedia other) => new(one.Tokens + other.Tokens, one.Bytes + other.Bytes);

    /// <summary>Whether the image is in the request itself. The address of an external image counts as text too.</summary>
    public static bool IsInline(ImageUrl image)
    {
        if (image.Url?.StartsWith("data:", StringComparison.OrdinalIgnoreCase) is not true)
        {
            return false;
        }

        var type = image.Url.AsSpan("data:".Length);
        return type.IsEmpty || type[0] is ',' or ';' || type.StartsWith("image/", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a property of a part is counted here, not as text.</summary>
    public static bool IsMedia(string name, JsonElement value) => name switch
    {
        Audio => AudioLength.TokensOf(value) is not null,
        File => value.ValueKind == JsonValueKind.Object,
        _ => false,
    };

    /// <summary>Whether Prism knows the content of parts of this type.</summary>
    public static bool IsKnown(ContentPart part) => part.Type is ContentPart.TextType or ContentPart.ImageType or Audio or File
        or "refusal" or "input_text" or "output_text" or "thinking" or "redacted_thinking" or "reasoning";

    private static PromptMedia Of(ContentPart part, MediaRule rule)
    {
        var sum = default(PromptMedia);
        if (part.ImageUrl is { } image)
        {
            sum += new PromptMedia(image.Detail == "low" ? rule.SmallImage : rule.Image, IsInline(image) ? image.Url!.Length + Frame : 0);
        }

        foreach (var (name, value) in part.Extra ?? [])
        {
            var bytes = IsMedia(name, value) ? PromptSize.BytesOf(value) : 0;
            sum += name switch
            {
                Audio => new PromptMedia(AudioLength.TokensOf(value) ?? 0, bytes),
                File => new PromptMedia(Math.Max(rule.File, bytes / BytesPerToken), bytes),
                _ => default,
            };
        }

        // A part of an unknown type may be an address of anything, such as a film: bounded by the most that the model can read.
        return IsKnown(part) ? sum : sum + new PromptMedia(rule.File, 0);
    }
}
