using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Prism.Providers;

namespace Prism.Pipeline.Tokens;

/// <summary>The most tokens that a model takes for media, whatever their size.</summary>
/// <param name="Image">For an image.</param>
/// <param name="SmallImage">For an image with <c>"detail": "low"</c>.</param>
/// <param name="File">For a file, which has text and, page by page, images: what a model can read at all.</param>
internal readonly record struct MediaRule(long Image, long SmallImage, long File);

/// <summary>The vendors' published rules as upper bounds. The same table for people is in docs/limits.md.</summary>
/// <remarks>
/// Sources: https://developers.openai.com/api/docs/guides/images-vision, https://developers.openai.com/api/docs/guides/pdf-files,
/// https://platform.claude.com/docs/en/build-with-claude/vision
/// </remarks>
internal static partial class MediaRules
{
    private const long Context128K = 128_000;
    private const long Context200K = 200_000;
    private const long Context400K = 400_000;
    private const long Context1M = 1_050_000;

    // An image in tiles of 512 pixels: it fits into 2048 by 2048, its shorter side into 768, so that there are eight at the most.
    private const int MostTiles = 8;

    // An image in patches of 32 pixels.
    private const double MostPatches = 1_536;
    private const double MostPatchesOfOriginal = 10_000;

    private const int MostPages = 100;

    // Whatever a small image takes of text around it.
    private const int Frame = 64;

    private static readonly ImmutableArray<(string Model, MediaRule Rule)> OpenAi =
    [
        .. new (string Model, MediaRule Rule)[]
        {
            // Of a file's pages, each is an image too, and here images take more than the context has.
            ("gpt-4o-mini", Tiles(2_833, 5_667, Context128K) with { File = Context128K + (MostPages * (2_833 + (MostTiles * 5_667))) }),
            ("gpt-4o", Tiles(85, 170, Context128K)),
            ("chatgpt-4o", Tiles(85, 170, Context128K)),
            ("gpt-4-turbo", Tiles(85, 170, Context128K)),
            ("gpt-4-vision", Tiles(85, 170, Context128K)),
            ("gpt-4.5", Tiles(85, 170, Context128K)),
            ("gpt-4.1", Tiles(85, 170, Context1M)),
            ("gpt-4.1-mini", Patches(1.62, Context1M)),
            ("gpt-4.1-nano", Patches(2.46, Context1M)),
            ("gpt-5", Tiles(70, 140, Context400K)),
            ("gpt-5.1", Tiles(70, 140, Context400K)),
            ("gpt-5-mini", Patches(1.62, Context400K)),
            ("gpt-5-nano", Patches(2.46, Context400K)),
            ("o1", Tiles(75, 150, Context200K)),
            ("o3", Tiles(75, 150, Context200K)),
            ("o4-mini", Patches(1.72, Context200K)),
        }.OrderByDescending(rule => rule.Model.Length),
    ];

    // gpt-5.2 and later ones, and those that are still to come: with "detail": "original" an image keeps its size.
    private static readonly MediaRule NewerGpt = Of((long)Math.Ceiling(MostPatchesOfOriginal * 1.72), Context1M);

    private static readonly MediaRule Claude = Of(4_784, Context1M);
    private static readonly MediaRule ClaudeUpTo46 = Of(1_600, Context1M);

    // The most that those models take that are known to run there: Qwen's with 16,384.
    private static readonly MediaRule Ollama = Of(16_384, Context1M);

    // The most that any of these takes.
    private static readonly MediaRule Unknown = Of(2_833 + (MostTiles * 5_667), 2 * Context1M);

    /// <summary>The rule of a model.</summary>
    public static MediaRule Of(ProviderType? type, string? model) => (type, model) switch
    {
        (ProviderType.Ollama, _) => Ollama,
        (ProviderType.Anthropic, { } name) when OlderClaude().IsMatch(name) => ClaudeUpTo46,
        (ProviderType.Anthropic, { } name) when name.StartsWith("claude-", StringComparison.Ordinal) => Claude,
        (ProviderType.OpenAi, { } name) => OfOpenAi(name),
        _ => Unknown,
    };

    private static MediaRule OfOpenAi(string model)
    {
        foreach (var (name, rule) in OpenAi)
        {
            // gpt-4o is not gpt-4omni, and gpt-5 not gpt-5.4.
            if (model.StartsWith(name, StringComparison.Ordinal) && (model.Length == name.Length || model[name.Length] == '-'))
            {
                return rule;
            }
        }

        return model.StartsWith("gpt-5.", StringComparison.Ordinal) ? NewerGpt : Unknown;
    }

    private static MediaRule Tiles(int common, int each, long context) =>
        // Never below what an image was once taken for.
        new(Math.Max(1_600, common + (MostTiles * each)), common + Frame, context);

    private static MediaRule Patches(double multiplier, long context) => Of((long)Math.Ceiling(MostPatches * multiplier), context);

    private static MediaRule Of(long image, long file) => new(image, image, file);

    [GeneratedRegex(@"^claude-(?:2|3|(?:haiku|sonnet|opus)-4(?:-[0-6])?(?:-20\d{6}|-latest|@20\d{6})?$)")]
    private static partial Regex OlderClaude();
}
