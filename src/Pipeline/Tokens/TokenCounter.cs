using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Pipeline.Tokens;

/// <summary>
/// Counts tokens if a provider does not report them: exactly for models whose tokenizer is public, otherwise with OpenAI's newest, which is a fair
/// estimate for others. A tokenizer is loaded when it is first needed (some 100 ms and 30 MB), so that a silo without that need never pays for it.
/// </summary>
internal sealed class TokenCounter
{
    // OpenAI's accounting of a conversation. Source: https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
    private const int TokensPerMessage = 3;
    private const int TokensPerName = 1;
    private const int TokensPerReply = 3;

    private const string Newest = "o200k_base";
    private const string Previous = "cl100k_base";

    // The tokenizer's time grows with the square of a run without a break (400,000 times "a" took 51 s), and clients choose the prompts.
    private const int MaxPiece = 256;

    private readonly ConcurrentDictionary<string, Lazy<Tokenizer>> _tokenizers = new();

    /// <summary>Tokens of a text.</summary>
    public int CountText(string model, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        var tokenizer = GetTokenizer(model);
        var count = 0;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var piece = rest[..LengthOfPiece(rest)];
            count += tokenizer.CountTokens(piece);
            rest = rest[piece.Length..];
        }

        return count;
    }

    /// <summary>Tokens of a conversation and its tools, as OpenAI counts them. Images are not counted.</summary>
    public int CountPrompt(string model, ChatRequest request)
    {
        var count = TokensPerReply;
        foreach (var message in request.Messages)
        {
            count += CountMessage(model, message);
        }

        foreach (var tool in request.Tools ?? [])
        {
            count += CountText(model, tool.Function?.Name) + CountText(model, tool.Function?.Description)
                + CountText(model, tool.Function?.Parameters?.GetRawText());
        }

        return count;
    }

    /// <summary>Tokens of all text that a provider receives, whether the model sees it or not.</summary>
    public long CountAllText(string model, ChatRequest request)
    {
        long count = CountPrompt(model, request);
        foreach (var (text, json) in PromptPieces.Of(request))
        {
            count += CountText(model, json is { ValueKind: not JsonValueKind.Undefined } value ? value.GetRawText() : text);
        }

        return count;
    }

    /// <summary>Tokens of everything that a provider receives. Images, audio and files count with their upper bound.</summary>
    public int CountAll(string model, ChatRequest request, ProviderDefinition? type) =>
        (int)Math.Min(int.MaxValue, CountAllText(model, request) + PromptMedia.Of(request, type).Tokens);

    /// <summary>Tokens of an answer.</summary>
    public int CountAnswer(string model, AssistantMessage? message) => message is null
        ? 0
        : CountText(model, message.Content) + CountText(model, message.ReasoningContent) + CountText(model, message.Refusal)
            + (message.ToolCalls ?? []).Sum(call => CountCall(model, call));

    private int CountMessage(string model, ChatMessage message)
    {
        var count = TokensPerMessage + CountText(model, message.Role) + CountText(model, message.Content?.ToText())
            + (message.Name is null ? 0 : TokensPerName + CountText(model, message.Name));
        foreach (var call in message.ToolCalls ?? [])
        {
            count += CountCall(model, call);
        }

        return count;
    }

    private int CountCall(string model, ToolCall call) =>
        CountText(model, call.Function?.Name) + CountText(model, call.Function?.Arguments);

    // Cuts before a word if there is one: no token crosses such a cut, and the count stays exact. Any other cut adds one token at most.
    private static int LengthOfPiece(ReadOnlySpan<char> text)
    {
        if (text.Length <= MaxPiece)
        {
            return text.Length;
        }

        for (var i = MaxPiece - 1; i > 0; i--)
        {
            if (text[i] == ' ' && char.IsLetter(text[i + 1]) && !char.IsWhiteSpace(text[i - 1]))
            {
                return i;
            }
        }

        return char.IsHighSurrogate(text[MaxPiece - 1]) ? MaxPiece - 1 : MaxPiece;
    }

    private Tokenizer GetTokenizer(string model) => _tokenizers.GetOrAdd(
        EncodingOf(model), static encoding => new(() => TiktokenTokenizer.CreateForEncoding(encoding))).Value;

    private static string EncodingOf(string model) =>
        model.StartsWith("gpt-3.5", StringComparison.Ordinal)
        || model.Equals("gpt-4", StringComparison.Ordinal)
        || model.StartsWith("gpt-4-", StringComparison.Ordinal)
            ? Previous
            : Newest;
}
