using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>The content of a message: in JSON either a string or a list of parts.</summary>
[GenerateSerializer, Immutable, Alias("prism.message-content")]
public sealed record MessageContent
{
    /// <summary>Content that is plain text.</summary>
    public MessageContent(string text) => Text = text;

    /// <summary>Content of several parts.</summary>
    public MessageContent(ImmutableArray<ContentPart> parts) => Parts = parts;

    /// <summary>The text, where the content is a string.</summary>
    [Id(0)] public string? Text { get; private init; }

    /// <summary>The parts, where the content is a list; else empty.</summary>
    [Id(1)] public ImmutableArray<ContentPart> Parts { get => field.IsDefault ? [] : field; private init; }

    /// <summary>All text of this content, its parts joined with line breaks; parts that are not text are left out.</summary>
    public string ToText() =>
        Text ?? string.Join('\n', Parts.Where(part => part.Text is not null).Select(part => part.Text));
}

/// <summary>A part of a message.</summary>
[GenerateSerializer, Immutable, Alias("prism.content-part")]
public sealed record ContentPart
{
    /// <summary>The part is <see cref="Text"/>.</summary>
    public const string TextType = "text";

    /// <summary>The part is <see cref="ImageUrl"/>.</summary>
    public const string ImageType = "image_url";

    /// <summary><c>text</c>, <c>image_url</c>, or another that only OpenAI-type providers may know (<c>input_audio</c>, <c>file</c>).</summary>
    [Id(0)] public string? Type { get; init; }

    /// <summary>Set where <see cref="Type"/> is <c>text</c>.</summary>
    [Id(1)] public string? Text { get; init; }

    /// <summary>Set where <see cref="Type"/> is <c>image_url</c>.</summary>
    [Id(2)] public ImageUrl? ImageUrl { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(3), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>An image, by address or inline. Prism never fetches it.</summary>
[GenerateSerializer, Immutable, Alias("prism.image-url")]
public sealed record ImageUrl
{
    /// <summary><c>https://…</c> or <c>data:image/png;base64,…</c>.</summary>
    [Id(0)] public string? Url { get; init; }

    /// <summary><c>low</c>, <c>high</c> or <c>auto</c>.</summary>
    [Id(1)] public string? Detail { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(2), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}
