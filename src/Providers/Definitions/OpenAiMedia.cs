using System.Collections.Immutable;

namespace Prism.Providers.Definitions;

/// <summary>The media rules of OpenAI's models.</summary>
/// <remarks>
/// Sources: https://developers.openai.com/api/docs/guides/images-vision, https://developers.openai.com/api/docs/guides/pdf-files
/// </remarks>
internal static class OpenAiMedia
{
    /// <summary>The tokens of an image for gpt-4o-mini, the most of all.</summary>
    public const long MostOfAnImage = 2_833 + (MostTiles * 5_667);

    private const long Context128K = 128_000;
    private const long Context200K = 200_000;
    private const long Context400K = 400_000;

    // An image in tiles of 512 pixels: it is scaled to fit 2048 by 2048, and its shorter side 768, so there are at most eight.
    private const int MostTiles = 8;

    // An image in patches of 32 pixels.
    private const double MostPatches = 1_536;
    private const double MostPatchesOfOriginal = 10_000;

    private const int MostPages = 100;

    // The tokens of the text around an image.
    private const int Frame = 64;

    private static readonly ImmutableArray<(string Model, MediaRule Rule)> Rules =
    [
        .. new (string Model, MediaRule Rule)[]
        {
            // Each page of a file is an image too, and for this model the images exceed the context.
            ("gpt-4o-mini", Tiles(2_833, 5_667, Context128K) with { File = Context128K + (MostPages * MostOfAnImage) }),
            ("gpt-4o", Tiles(85, 170, Context128K)),
            ("chatgpt-4o", Tiles(85, 170, Context128K)),
            ("gpt-4-turbo", Tiles(85, 170, Context128K)),
            ("gpt-4-vision", Tiles(85, 170, Context128K)),
            ("gpt-4.5", Tiles(85, 170, Context128K)),
            ("gpt-4.1", Tiles(85, 170, MediaRule.Context1M)),
            ("gpt-4.1-mini", Patches(1.62, MediaRule.Context1M)),
            ("gpt-4.1-nano", Patches(2.46, MediaRule.Context1M)),
            ("gpt-5", Tiles(70, 140, Context400K)),
            ("gpt-5.1", Tiles(70, 140, Context400K)),
            ("gpt-5-mini", Patches(1.62, Context400K)),
            ("gpt-5-nano", Patches(2.46, Context400K)),
            ("o1", Tiles(75, 150, Context200K)),
            ("o3", Tiles(75, 150, Context200K)),
            ("o4-mini", Patches(1.72, Context200K)),
        }.OrderByDescending(rule => rule.Model.Length),
    ];

    // gpt-5.2, later and future ones: with "detail": "original" an image keeps its size.
    private static readonly MediaRule NewerGpt = MediaRule.Of((long)Math.Ceiling(MostPatchesOfOriginal * 1.72), MediaRule.Context1M);

    /// <summary>The rule of a model.</summary>
    public static MediaRule RuleOf(string model)
    {
        foreach (var (name, rule) in Rules)
        {
            // gpt-4o is not gpt-4omni, and gpt-5 not gpt-5.4.
            if (model.StartsWith(name, StringComparison.Ordinal) && (model.Length == name.Length || model[name.Length] == '-'))
            {
                return rule;
            }
        }

        return model.StartsWith("gpt-5.", StringComparison.Ordinal) ? NewerGpt : MediaRule.Unknown;
    }

    private static MediaRule Tiles(int common, int each, long context) =>
        // Never below the earlier bound of an image.
        new(Math.Max(1_600, common + (MostTiles * each)), common + Frame, context);

    private static MediaRule Patches(double multiplier, long context) => MediaRule.Of((long)Math.Ceiling(MostPatches * multiplier), context);
}
