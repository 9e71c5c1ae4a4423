using Prism.Grains.Interfaces.Chat;
using Scriban.Parsing;

namespace Prism.Grains.Templates;

/// <summary>
/// Finds braces that are not closed. Scriban takes the end of the text for their end, without an error: the rest of a prompt that was meant as text
/// would be read as a program, or left out unnoticed.
/// </summary>
internal static class OpenBraces
{
    /// <summary>The error in a template that would be read in another way than it looks, or null.</summary>
    public static ChatError? Find(string source, string subject)
    {
        Token? open = null;
        foreach (var token in new Lexer(source))
        {
            open = token.Type switch
            {
                TokenType.CodeEnter or TokenType.EscapeEnter => token,
                TokenType.CodeExit or TokenType.EscapeExit => null,
                _ => open,
            };
        }

        return open is { } unclosed
            ? TemplateErrors.Invalid(source, new SourceSpan("", unclosed.Start, unclosed.End), "these braces are not closed.", subject)
            : null;
    }
}
