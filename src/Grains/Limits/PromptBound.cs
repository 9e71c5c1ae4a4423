using System.Text;
using Prism.Chat;
using Prism.Tokens;

namespace Prism.Limits;

/// <summary>How many tokens a prompt can take: counted where that matters and the tokenizer is known, else bounded from above.</summary>
internal sealed class PromptBound(TokenCounter tokens)
{
    // What vendors put around a message: role, separators.
    private const int TokensPerMessage = 8;

    // A guess, not a bound: what an image takes depends on its size and the model. What it took beyond this is charged when it is known.
    private const int TokensPerImage = 1_600;

    // Of a limit, what a reservation may have too much: it comes back when the answer is there.
    private const int Negligible = 1_000;

    private static readonly string[] ModelsWithKnownTokenizer = ["gpt-", "chatgpt-", "o1", "o3", "o4"];

    /// <summary>The most tokens that the prompt takes.</summary>
    /// <param name="request">The request.</param>
    /// <param name="scarcest">The least that a limit on tokens is. Counting takes some 100 ns a word: it is for prompts that matter to a limit.</param>
    public long Of(ChatRequest request, long scarcest)
    {
        var bytes = CountBytes(request);
        var bound = bytes > scarcest / Negligible && HasKnownTokenizer(request.Model!) ? tokens.CountPrompt(request.Model!, request) : bytes;
        return bound + CountImages(request);
    }

    private static bool HasKnownTokenizer(string model)
    {
        foreach (var prefix in ModelsWithKnownTokenizer)
        {
            if (model.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    // No tokenizer makes more tokens than there are bytes.
    private static long CountBytes(ChatRequest request)
    {
        var count = (long)TokensPerMessage;
        foreach (var message in request.Messages)
        {
            count += TokensPerMessage + BytesOf(message.Content?.ToText()) + BytesOf(message.Name) + BytesOf(message.ReasoningContent);
            foreach (var call in message.ToolCalls ?? [])
            {
                count += BytesOf(call.Function?.Name) + BytesOf(call.Function?.Arguments);
            }
        }

        foreach (var tool in request.Tools ?? [])
        {
            count += BytesOf(tool.Function?.Name) + BytesOf(tool.Function?.Description) + BytesOf(tool.Function?.Parameters?.GetRawText());
        }

        return count + BytesOf(request.ResponseFormat?.GetRawText());
    }

    private static long CountImages(ChatRequest request) =>
        request.Messages.Sum(message => (message.Content?.Parts ?? []).Count(part => part.Type == ContentPart.ImageType)) * (long)TokensPerImage;

    private static int BytesOf(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
