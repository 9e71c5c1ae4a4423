using Prism.Formats.OpenAi.Chat;
using Prism.Pipeline.Tokens;
using Prism.Providers;

namespace Prism.Pipeline.Admission;

/// <summary>The most tokens that a call can take.</summary>
internal sealed class TokenBound(PromptBound prompts)
{
    /// <param name="provider">The provider.</param>
    /// <param name="request">A request with an output cap, and the provider's own name of the model.</param>
    /// <param name="extra">The effect of its unknown parameters.</param>
    /// <param name="scarcest">The lowest of the limits for the reservation; 0: as exact as possible.</param>
    public TokenAmounts Of(IChatProvider provider, CallRequest request, in ExtraParameters extra, long scarcest)
    {
        var type = provider.Options.Type;
        var prompt = prompts.Of(request, scarcest, type) + (extra.AddsContext ? PromptMedia.RuleOf(request.Canonical, type).File : 0);
        var output = (long)request.OutputTokenLimit!.Value + provider.ExtraOutputTokens(request) + extra.Output;
        return new(prompt, output * (request.N ?? 1));
    }
}

/// <summary>Tokens of a prompt and of all answers to it.</summary>
internal readonly record struct TokenAmounts(long Prompt, long Output)
{
    public long Total => Prompt + Output;
}
