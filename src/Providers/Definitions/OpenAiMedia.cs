using System.Collections.Immutable;

namespace Prism.Providers.Definitions;

/// <summary>What OpenAI's models take for media.</summary>
/// <remarks>
/// Sources: https://developers.openai.com/api/docs/guides/images-vision, https://developers.openai.com/api/docs/guides/pdf-files
/// </remarks>
internal static class OpenAiMedia
{
    /// <summary>What an image takes of gpt-4o-mini, which takes the most.</summary>
    public const long MostOfAnImage = 2_833 + (MostTiles * 5_667);

    private const long Context128K = 128_000;
    private const long Context200K = 200_000;
    private const long Context400K = 400_000;

    // An image in tiles of 512 pixels: it fits into 2048 by 2048, its shorter side into 768, so that there are eight at the most.
    private const int MostTiles = 8;

    // An image in patches of 32 pixels.
    private const double MostPatches = 1_536;
    private const double MostPatchesOfOriginal = 10_000;

    private const int MostPages = 100;

    // Whatever a small image takes of text around it.
    private const int Frame = 64;

    private static readonly ImmutableArray<(string Model, MediaRule Rule)> Rules =
    [
        .. new (string Model, MediaRule Rule)[]
        {
            // Of a file's pages, each is an image too, and here images take more than the context has.
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

    // gpt-5.2 and later ones, and those that are still to come: with "detail": "original" an image keeps its size.
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
        // Never below what an image was once taken for.
        new(Math.Max(1_600, common + (MostTiles * each)), common + Frame, context);

    private static MediaRule Patches(double multiplier, long context) => MediaRule.Of((long)Math.Ceiling(MostPatches * multiplier), context);
}
