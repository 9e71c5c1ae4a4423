namespace Prism.Providers.Definitions;

/// <summary>
/// The most tokens that a model takes for media, whatever their size: the vendors' published rules as upper bounds. The same table for people is
/// in docs/limits.md.
/// </summary>
/// <param name="Image">For an image.</param>
/// <param name="SmallImage">For an image with <c>"detail": "low"</c>.</param>
/// <param name="File">For a file, which has text and, page by page, images: what a model can read at all.</param>
public readonly record struct MediaRule(long Image, long SmallImage, long File)
{
    internal const long Context1M = 1_050_000;

    /// <summary>Of a model that no rule is known of: the most that any known one takes.</summary>
    public static MediaRule Unknown { get; } = Of(OpenAiMedia.MostOfAnImage, 2 * Context1M);

    internal static MediaRule Of(long image, long file) => new(image, image, file);
}
