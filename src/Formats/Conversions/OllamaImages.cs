using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Extracts the images from a message's content: Ollama accepts them in a separate property, and only inline.</summary>
internal sealed class OllamaImages(ConversionFaults faults)
{
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
        faults.UnsupportedFields(part.Extra, path);
        switch (part.Type)
        {
            case ContentPart.TextType when part.Text is null:
                faults.Invalid("is missing", path + ".text");
                return null;
            case ContentPart.TextType:
                return null;
            case ContentPart.ImageType:
                return Translate(part.ImageUrl, path + ".image_url");
            default:
                faults.UnsupportedField(path + ".type", "a part can only be text or image_url");
                return null;
        }
    }

    private string? Translate(ImageUrl? image, string path)
    {
        if (image?.Detail is not (null or "auto"))
        {
            faults.UnsupportedField(path + ".detail");
        }

        faults.UnsupportedFields(image?.Extra, path);
        if (!DataUrl.IsOne(image?.Url))
        {
            faults.UnsupportedField(path + ".url", "an image has to be inline, as a data: URL");
            return null;
        }

        if (DataUrl.Read(image!.Url!) is { } found && (found.Type.Length == 0 || found.Type.StartsWith("image/", StringComparison.OrdinalIgnoreCase)))
        {
            return found.Data;
        }

        faults.Invalid("must be a data: URL of an image in Base64", path + ".url");
        return null;
    }
}
