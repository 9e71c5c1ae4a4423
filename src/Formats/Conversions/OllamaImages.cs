using System.Buffers.Text;
using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Takes the images out of a message's content: Ollama has them beside its text, and only inline.</summary>
internal sealed class OllamaImages(OllamaRefusal refusal)
{
    private const string Scheme = "data:";
    private const string Base64Marker = ";base64";

    /// <summary>The images of this content as Base64. Null: it has none.</summary>
    public ImmutableArray<string>? Translate(MessageContent? content, string path)
    {
        var images = ImmutableArray.CreateBuilder<string>();
        for (var index = 0; index < content?.Parts.Length; index++)
        {
            if (Translate(content.Parts[index], $"{path}[{index}]") is { } image)
            {
                images.Add(image);
            }
        }

        return images.Count == 0 ? null : images.ToImmutable();
    }

    private string? Translate(ContentPart part, string path)
    {
        refusal.AddUnknown(part.Extra, path);
        switch (part.Type)
        {
            case ContentPart.TextType when part.Text is null:
                refusal.AddInvalid(path + ".text", "is missing");
                return null;
            case ContentPart.TextType:
                return null;
            case ContentPart.ImageType:
                return Translate(part.ImageUrl, path + ".image_url");
            default:
                refusal.AddUnsupported(path + ".type", "a part can only be text or image_url");
                return null;
        }
    }

    private string? Translate(ImageUrl? image, string path)
    {
        if (image?.Detail is not (null or "auto"))
        {
            refusal.AddUnsupported(path + ".detail");
        }

        refusal.AddUnknown(image?.Extra, path);
        if (image?.Url?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) is not true)
        {
            refusal.AddUnsupported(path + ".url", "an image has to be inline, as a data: URL");
            return null;
        }

        if (FindData(image.Url) is { } data)
        {
            return data;
        }

        refusal.AddInvalid(path + ".url", "must be a data: URL of an image in Base64");
        return null;
    }

    // data:image/png;base64,iVBORw0… (RFC 2397)
    private static string? FindData(string url)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
        {
            return null;
        }

        var type = url.AsSpan(Scheme.Length, comma - Scheme.Length);
        var isImage = type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) || type.StartsWith(";", StringComparison.Ordinal);
        var data = url.AsSpan(comma + 1);
        return isImage && type.EndsWith(Base64Marker, StringComparison.OrdinalIgnoreCase) && !data.IsEmpty && Base64.IsValid(data)
            ? data.ToString()
            : null;
    }
}
