using System.Collections;
using Scriban.Runtime;

namespace Prism.Grains.Templates;

/// <summary>The costs of function calls, by how they go through their arguments.</summary>
internal static class FunctionCosts
{
    // A member's name is looked for in each element of a list.
    private const int LongestMember = 256;

    /// <summary>The same for all arguments.</summary>
    public static readonly FunctionCost None = (_, _) => 0;

    /// <summary>Goes through the elements of lists, without looking into them, and through the characters of texts.</summary>
    public static readonly FunctionCost Elements = (_, arguments) => Sum(arguments, argument => argument switch
    {
        string text => text.Length,
        ICollection list => list.Count,
        _ => 1,
    });

    /// <summary>Goes through all that is in its arguments, once.</summary>
    public static readonly FunctionCost Lengths = (context, arguments) => Sum(arguments, context.LengthOf);

    /// <summary>Sorts: the comparisons go through all that is in the list about as often as its length has bits.</summary>
    public static readonly FunctionCost Sort = (context, arguments) => MemberOf(context, arguments) + (16 * Lengths(context, arguments));

    /// <summary>Looks up a member of each element.</summary>
    public static readonly FunctionCost Members = (context, arguments) => MemberOf(context, arguments) + Lengths(context, arguments);

    /// <summary>
    /// Looks for its second argument in its first. At the worst, all of one is compared with each place of the other: by vector instructions, which
    /// take many characters at once.
    /// </summary>
    public static readonly FunctionCost Search = (context, arguments) => Lengths(context, arguments) + (Product(arguments) / 16);

    /// <summary>As <see cref="Search"/>, without regard to case, which takes one character at a time.</summary>
    public static readonly FunctionCost SearchIgnoringCase = (context, arguments) => Lengths(context, arguments) + Product(arguments);

    /// <summary>Makes a text of the width that is its second argument.</summary>
    public static readonly FunctionCost Padding = (context, arguments) =>
        Lengths(context, arguments) + Math.Max(0, arguments[1] is int width ? width : 0);

    /// <summary>
    /// Searches by a regular expression: parses it, and goes through the text once at least. What more there is to searching is paid as it
    /// comes to it, and ends with <see cref="TemplateOptions.RegexTimeout"/>.
    /// </summary>
    public static readonly FunctionCost Expression = (context, arguments) =>
        arguments[1] is string pattern && pattern.Length <= context.Options.MaxPatternLength
            ? Lengths(context, arguments) + (Product(arguments) / 16) + (200L * pattern.Length)
            : 0;

    private static long Sum(ScriptArray arguments, Func<object?, long> costOf)
    {
        var sum = 0L;
        foreach (var argument in arguments)
        {
            sum += costOf(argument);
        }

        return sum;
    }

    private static long Product(ScriptArray arguments) =>
        arguments[0] is string text && arguments[1] is string other ? (long)text.Length * other.Length : 0;

    private static long MemberOf(SandboxContext context, ScriptArray arguments)
    {
        if (arguments[1] is not string member)
        {
            return 0;
        }

        return member.Length > LongestMember
            ? throw new TemplateLimitException(context.CurrentSpan, $"reads a member by a name of more than {LongestMember} characters")
            : arguments[0] is ICollection list ? (long)list.Count * member.Length : member.Length;
    }
}
