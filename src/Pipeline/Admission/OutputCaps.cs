using Prism.Formats.OpenAi.Chat;
using Prism.Providers;

namespace Prism.Pipeline.Admission;

/// <summary>The most tokens that an answer may have, where they are limited: what bounds them has to be sent too, and nothing beside it.</summary>
internal static class OutputCaps
{
    /// <summary>The request with one cap: its own, else the provider's default.</summary>
    public static CallRequest In(CallRequest request, ProviderOptions options) => request.OutputTokenLimit is not null
        ? request.WithCap(null)
        : request.WithCap(new(options.DefaultMaxTokens, options.UsesNewerCap));
}
