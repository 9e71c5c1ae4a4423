using Prism.Chat;

namespace Prism.Limits;

/// <summary>How many tokens a call can take at the most.</summary>
internal sealed class TokenBound(PromptBound prompts)
{
    /// <param name="call">A call with an output cap.</param>
    /// <param name="scarcest">The least that a limit is which this is reserved of; 0: as exactly as can be.</param>
    public TokenAmounts Of(ChatCall call, long scarcest)
    {
        var output = (long)call.Request.OutputTokenLimit!.Value + call.Provider.ExtraOutputTokens(call.Request);
        return new(prompts.Of(call.Request, scarcest), output * (call.Request.N ?? 1));
    }
}

/// <summary>Tokens of a prompt and of all answers to it.</summary>
internal readonly record struct TokenAmounts(long Prompt, long Output)
{
    public long Total => Prompt + Output;
}
