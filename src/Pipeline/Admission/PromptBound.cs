using System.Text;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Tokens;
using Prism.Providers;
using Prism.Providers.Definitions;

namespace Prism.Pipeline.Admission;

/// <summary>
/// The most tokens that a prompt can take. Everything that goes upstream is counted if that matters and the tokenizer is known, otherwise bounded
/// from above by its bytes. Images, audio and files are bounded by their vendor's rule (<see cref="MediaRule"/>).
/// </summary>
internal sealed class PromptBound(TokenCounter tokens)
{
    // The tokens that vendors put around a message: role, separators.
    private const int TokensPerMessage = 8;

    // A count is raised to at least one token for so many bytes of the body: for repetitive text, the tokenizer may count fewer tokens than the
    // actual server behind a model's name.
    private const int BytesPerToken = 4;

    // The part of a limit by which a reservation may be too large: the settlement returns it.
    private const int Negligible = 1_000;

    // The tokens of a vendor's instructions for tools and formats: the longest that Anthropic documents has some 800.
    private const int WordsOfTools = 1_024;
    private const int WordsOfFormat = 1_024;
    private const int WordsOfKnownModels = 64;

    private static readonly string[] ModelsWithKnownTokenizer = ["gpt-", "chatgpt-", "o1", "o3", "o4"];

    /// <summary>The most tokens that the prompt takes.</summary>
    /// <param name="request">The request.</param>
    /// <param name="scarcest">The lowest limit on tokens. Counting takes some 100 ns a word, so only prompts that matter to a limit are counted.</param>
    /// <param name="type">The type of the provider.</param>
    public long Of(CallRequest request, long scarcest, ProviderDefinition? type) =>
        request.Raw is { Skim: { IsPlain: true } skim } && Estimate(request.Model!, skim, type) is var estimate && !IsCounted(estimate.Text, scarcest, request.Model!)
            ? estimate.Total
            : Of(request.Canonical, scarcest, type);

    private static bool IsCounted(long bytes, long scarcest, string model) => bytes > scarcest / Negligible && HasKnownTokenizer(model);

    // The counts of a skim equal those of the canonical form, or exceed them a little: the texts are still escaped.
    private static (long Text, long Total) Estimate(string model, RequestSkim skim, ProviderDefinition? type)
    {
        var text = skim.TextBytes + (TokensPerMessage * (skim.Messages + 1L));
        return (text, Math.Max(text, (skim.BodyBytes + BytesPerToken - 1) / BytesPerToken) + WordsOfVendor(model, skim.Tools, skim.HasResponseFormat, type));
    }

    /// <summary>The same for a canonical form.</summary>
    public long Of(ChatRequest request, long scarcest, ProviderDefinition? type)
    {
        var media = PromptMedia.Of(request, type);
        var bytes = CountBytes(request);
        var text = IsCounted(bytes, scarcest, request.Model!) ? tokens.CountAllText(request.Model!, request) : bytes;
        var body = PromptSize.BytesOf(request) - media.Bytes;
        return Math.Max(text, (body + BytesPerToken - 1) / BytesPerToken) + media.Tokens
            + WordsOfVendor(request.Model!, request.Tools is { IsDefault: false } tools ? tools.Length : 0, request.ResponseFormat is not null, type);
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
            count += TokensPerMessage + BytesOf(message.Content?.ToText()) + BytesOf(message.Name);
            foreach (var call in message.ToolCalls ?? [])
            {
                count += BytesOf(call.Function?.Name) + BytesOf(call.Function?.Arguments);
            }
        }

        foreach (var tool in request.Tools ?? [])
        {
            count += BytesOf(tool.Function?.Name) + BytesOf(tool.Function?.Description) + BytesOf(tool.Function?.Parameters);
        }

        foreach (var (text, json) in PromptPieces.Of(request))
        {
            count += BytesOf(text) + BytesOf(json);
        }

        return count;
    }

    private static long WordsOfVendor(string model, int tools, bool hasFormat, ProviderDefinition? type)
    {
        var isKnown = type?.HasKnownTokenizers is true && HasKnownTokenizer(model);
        return (type?.TemplateTokens ?? 0)
            + (tools > 0 ? (isKnown ? WordsOfKnownModels + (TokensPerMessage * tools) : WordsOfTools) : 0)
            + (hasFormat ? (isKnown ? WordsOfKnownModels : WordsOfFormat) : 0);
    }

    private static int BytesOf(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static int BytesOf(System.Text.Json.JsonElement? json) => json is { } value ? PromptSize.BytesOf(value) : 0;
}
