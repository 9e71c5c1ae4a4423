using Prism.Formats.OpenAi.Chat;
using Prism.Pipeline.Tokens;
using Prism.Providers;

namespace Prism.Pipeline.Admission;

/// <summary>How many tokens a call can take at the most.</summary>
internal sealed class TokenBound(PromptBound prompts)
{
    /// <param name="call">A call with an output cap.</param>
    /// <param name="scarcest">The least that a limit is which this is reserved of; 0: as exactly as can be.</param>
    public TokenAmounts Of(ChatCall call, long scarcest) => Of(call.Provider, call.Request, scarcest);

    /// <param name="provider">The provider that is asked.</param>
    /// <param name="request">A request with an output cap, and the provider's own name of the model.</param>
    /// <param name="scarcest">The least that a limit is which this is reserved of; 0: as exactly as can be.</param>
    public TokenAmounts Of(IChatProvider provider, CallRequest request, long scarcest)
    {
        var type = provider.Options.Type;
        var extra = ExtraParameters.Of(request, type);
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
