using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Pipeline.Admission;

/// <summary>The most tokens that an answer may have, where they are limited: what bounds them has to be sent too, and nothing beside it.</summary>
internal static class OutputCap
{
    /// <summary>The request with one cap: its own, else the provider's default.</summary>
    public static ChatRequest In(ChatRequest request, ProviderOptions options) => request switch
    {
        { MaxCompletionTokens: not null, MaxTokens: not null } => request with { MaxTokens = null },
        { OutputTokenLimit: not null } => request,
        _ when options.UsesNewerCap => request with { MaxCompletionTokens = options.DefaultMaxTokens },
        _ => request with { MaxTokens = options.DefaultMaxTokens },
    };
}
