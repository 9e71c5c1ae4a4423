using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Echo;

/// <summary>The answer of echo to a request.</summary>
/// <param name="Words">The words, each with the white space before it; the last one also with the white space after it. Joined they are the text.</param>
/// <param name="FinishReason">One of <see cref="FinishReasons"/>.</param>
/// <param name="Usage">The usage, in words.</param>
internal sealed record EchoAnswer(ImmutableArray<string> Words, string FinishReason, ChatUsage Usage)
{
    public static EchoAnswer To(ChatRequest request)
    {
        var text = request.Messages.LastOrDefault(message => message.Role == ChatRoles.User)?.Content?.ToText() ?? "";
        var (words, finishReason) = (Split(CutAtStop(text, request.Stop)), FinishReasons.Stop);
        if (request.OutputTokenLimit is { } limit && limit < words.Length)
        {
            (words, finishReason) = (words[..limit], FinishReasons.Length);
        }

        var promptTokens = request.Messages.Sum(message => Count(message.Content?.ToText() ?? ""));
        return new(words, finishReason, ChatUsage.Of(promptTokens, words.Length));
    }

    private static string CutAtStop(string text, ImmutableArray<string>? stop)
    {
        foreach (var sequence in stop ?? [])
        {
            var at = sequence.Length == 0 ? -1 : text.IndexOf(sequence, StringComparison.Ordinal);
            text = at < 0 ? text : text[..at];
        }

        return text;
    }

    private static ImmutableArray<string> Split(string text)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var start = 0;
        while (start < text.Length)
        {
            var end = EndOfWord(text, start);
            words.Add(text[start..end]);
            start = end;
        }

        return words.DrainToImmutable();
    }

    private static int Count(string text)
    {
        var count = 0;
        for (var at = 0; at < text.Length; at = EndOfWord(text, at))
        {
            count++;
        }

        return count;
    }

    private static int EndOfWord(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        while (at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        // White space at the very end belongs to the last word: the text stays complete, and white space is no word.
        return text.AsSpan(at).IsWhiteSpace() ? text.Length : at;
    }
}
