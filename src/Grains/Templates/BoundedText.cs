using System.Text;

namespace Prism.Grains.Templates;

/// <summary>Builds texts piece by piece, and stops before one is too long.</summary>
internal static class BoundedText
{
    private const int PieceLength = 4096;

    /// <summary>A text with each of its characters mapped by itself, to one or more.</summary>
    public static string Map(SandboxContext context, string? text, Func<string, string?> map)
    {
        if (text is null || text.Length <= PieceLength)
        {
            return map(text ?? "") ?? "";
        }

        var result = new StringBuilder();
        for (var start = 0; start < text.Length;)
        {
            var length = Math.Min(PieceLength, text.Length - start);
            // The two halves of a character stay together.
            length -= start + length < text.Length && char.IsHighSurrogate(text[start + length - 1]) ? 1 : 0;
            context.Spend(context.CurrentSpan, length);
            Append(context, result, map(text.Substring(start, length)));
            start += length;
        }

        return result.ToString();
    }

    /// <summary>Adds to a text.</summary>
    /// <exception cref="TemplateLimitException">It would be too long.</exception>
    public static void Append(SandboxContext context, StringBuilder text, ReadOnlySpan<char> more)
    {
        ThrowIfTooLong(context, (long)text.Length + more.Length);
        text.Append(more);
    }

    /// <exception cref="TemplateLimitException">No text may be so long.</exception>
    public static void ThrowIfTooLong(SandboxContext context, long length)
    {
        if (length > context.Options.MaxStringLength)
        {
            throw new TemplateLimitException(context.CurrentSpan, $"makes a text of more than {context.Options.MaxStringLength:N0} characters");
        }
    }

    /// <exception cref="TemplateLimitException">No list may be so long.</exception>
    public static void ThrowIfTooMany(SandboxContext context, int elements)
    {
        if (elements > context.Options.MaxLoopRounds)
        {
            throw new TemplateLimitException(context.CurrentSpan, $"makes a list of more than {context.Options.MaxLoopRounds:N0} elements");
        }
    }
}
