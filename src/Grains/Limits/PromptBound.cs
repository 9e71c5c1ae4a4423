using System.Text;
using Prism.Chat;
using Prism.Tokens;

namespace Prism.Limits;

/// <summary>How many tokens a prompt can take: counted where the tokenizer is known, else bounded from above.</summary>
internal sealed class PromptBound(TokenCounter tokens)
{
    // What vendors put around a message: role, separators.
    private const int TokensPerMessage = 8;

    // A guess, not a bound: what an image takes depends on its size and the model. What it took beyond this is charged when it is known.
    private const int TokensPerImage = 1_600;

    private static readonly string[] ModelsWithKnownTokenizer = ["gpt-", "chatgpt-", "o1", "o3", "o4"];

    /// <summary>The most tokens that the prompt takes.</summary>
    public long Of(ChatRequest request) =>
        (ModelsWithKnownTokenizer.Any(prefix => request.Model!.StartsWith(prefix, StringComparison.Ordinal))
            ? tokens.CountPrompt(request.Model!, request)
            : CountBytes(request))
        + CountImages(request);

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
