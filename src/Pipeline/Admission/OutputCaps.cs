using Prism.Formats.OpenAi.Chat;
using Prism.Providers;

namespace Prism.Pipeline.Admission;

/// <summary>The most tokens that an answer may have, if they are limited. The cap that bounds them must be sent upstream, and no other cap.</summary>
internal static class OutputCaps
{
    /// <summary>The request with one cap: its own, or the provider's default.</summary>
    public static CallRequest In(CallRequest request, ProviderOptions options) => request.OutputTokenLimit is not null
        ? request.WithCap(null)
        : request.WithCap(new(options.DefaultMaxTokens, options.UsesNewerCap));
}
