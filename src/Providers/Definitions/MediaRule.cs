namespace Prism.Providers.Definitions;

/// <summary>
/// The most tokens that a model counts for media, whatever their size: the vendors' published rules as upper bounds. docs/limits.md documents the
/// same table.
/// </summary>
/// <param name="Image">For an image.</param>
/// <param name="SmallImage">For an image with <c>"detail": "low"</c>.</param>
/// <param name="File">For a file, which has text and an image of each page: the most that the model can read.</param>
public readonly record struct MediaRule(long Image, long SmallImage, long File)
{
    internal const long Context1M = 1_050_000;

    /// <summary>The rule of an unknown model: the highest of all known rules.</summary>
    public static MediaRule Unknown { get; } = Of(OpenAiMedia.MostOfAnImage, 2 * Context1M);

    internal static MediaRule Of(long image, long file) => new(image, image, file);
}
