using System.Globalization;
using System.Text.RegularExpressions;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Scriban.Parsing;
using Scriban.Syntax;

namespace Prism.Grains.Templates;

/// <summary>
/// The errors of templates and their variables. Scriban's own messages of failed renderings quote values and name .NET types: they are never passed
/// on, only recognised. An error quotes the template's text at the place of the failure.
/// </summary>
internal static partial class TemplateErrors
{
    /// <summary>The name of a template in errors, unless it is the value of one property among others.</summary>
    public const string TheTemplate = "the template";

    /// <summary>The code of a template that goes over one of the limits of <see cref="TemplateOptions"/>.</summary>
    public const string LimitExceeded = "template_limit_exceeded";

    private const int LongestExcerpt = 60;

    private const int LongestMessage = 200;

    private const int MostNames = 10;

    private const string Unsuitable = "does not work with these values";

    private const string Elements = "goes through more than {0:N0} rounds or elements";

    private const string LongText = "makes a text of more than {0:N0} characters";

    private const string LongPrompt = "makes a prompt of more than {0:N0} characters";

    // Parts of Scriban 7.5's messages for each limit, and Prism's own text with the limit. Scriban throws one exception type without a code, so its
    // text is the only key. A message that is not recognised becomes the general text above: only the detail depends on it.
    private static readonly (string Sign, string Reason, Func<TemplateOptions, int> Limit)[] Limits =
    [
        ("LoopLimit", Elements, options => options.MaxLoopRounds),
        ("iteration limit", Elements, options => options.MaxLoopRounds),
        ("recursive depth", "calls functions more than {0:N0} deep", options => options.MaxCallDepth),
        ("OutputLimit", LongPrompt, options => options.MaxOutputLength),
        ("output limit", LongPrompt, options => options.MaxOutputLength),
        ("LimitToString", LongText, options => options.MaxStringLength),
        ("string conversion limit", LongText, options => options.MaxStringLength),
        ("too deeply nested", "prints what is nested more than {0:N0} deep", options => options.MaxValueDepth),
    ];

    private static readonly (string Sign, string Reason)[] Faults =
    [
        ("The variable or function", "is not set"),
        ("divide by 0", "divides by zero"),
        ("readonly", "sets what cannot be set"),
        ("read-only", "sets what cannot be set"),
        ("out of bounds", "reads an element that does not exist"),
        ("Cannot get member", "reads a member that does not exist"),
        ("Cannot get or set a member", "reads a member that does not exist"),
        ("number of arguments", "calls a function with the wrong number of arguments"),
        ("not a valid function", "calls a value that is no function"),
        ("was not found", "calls a value that is no function"),
        (" null", "does not work on a value that is null"),
    ];

    /// <summary>A template that cannot be understood, at a place in it.</summary>
    public static ChatError Invalid(string source, SourceSpan span, string message, string subject)
    {
        var (line, column) = Locate(source, span);
        return ChatError.Invalid($"Line {line}, column {column} of {subject}: {message}", "template", "invalid_template");
    }

    /// <summary>A template that Scriban's parser does not understand.</summary>
    public static ChatError Invalid(string source, LogMessage message, string subject)
    {
        // "Error while parsing ScriptPage: Unexpected `true/System.Boolean` in: how it should be": names of classes are of no use to authors.
        var what = Shorten(ClassNames().Replace(message.Message, ""), LongestMessage);
        return Invalid(source, message.Span, what.EndsWith('.') ? what : what + ".", subject);
    }

    /// <summary>A rendering that failed.</summary>
    /// <param name="template">The rendered template.</param>
    /// <param name="exception">How it failed.</param>
    /// <param name="options">The limits that it was held to.</param>
    /// <param name="function">The function that it failed in, if any.</param>
    public static ChatError Failed(CompiledTemplate template, ScriptRuntimeException exception, TemplateOptions options, string? function)
    {
        var (source, isExpression) = (template.Source, template.Script.LexerOptions.Mode == ScriptMode.ScriptOnly);
        var (line, column) = Locate(source, exception.Span);
        var (reason, isLimit) = Explain(exception, options);
        var place = isLimit && function is not null ? $" in {function}" : "";
        return ChatError.Invalid(
            $"Line {line}, column {column} of {template.Subject}: {Excerpt(source, exception.Span, isExpression)} {reason}{place}.",
            "template",
            isLimit ? LimitExceeded : "template_failed");
    }

    /// <summary>A template that is too long.</summary>
    public static ChatError TooLong(int maxBytes, string subject) => ChatError.Invalid(
        $"{char.ToUpperInvariant(subject[0])}{subject[1..]} is longer than {maxBytes:N0} bytes.", "template", LimitExceeded);

    /// <summary>An expression whose value is of no use.</summary>
    public static ChatError WrongValue(CompiledTemplate expression, string problem) =>
        ChatError.Invalid($"{expression.Subject} {problem}.", "template", "template_failed");

    /// <summary>A template that there is not.</summary>
    public static ChatError NotFound(string name) =>
        ChatError.Invalid($"There is no template '{Shorten(name)}'.", "template", "template_not_found");

    /// <summary>A template that cannot be had at the moment.</summary>
    public static ChatError Unavailable { get; } = new()
    {
        Kind = ChatErrorKind.Overloaded,
        Message = "The template cannot be read at the moment.",
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>A rendering more than may wait.</summary>
    public static ChatError TooManyWaiting { get; } = new()
    {
        Kind = ChatErrorKind.RateLimited,
        Message = "Too many templates of this caller wait to be rendered. Please retry.",
        Param = "template",
        Code = "too_many_renderings",
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>A name that users cannot have or change.</summary>
    public static ChatError BuiltIn(string name) => Conflict(
        $"'{name}' comes with Prism: it can be neither changed nor deleted. Store yours by another name.", "name", "built_in_template");

    /// <summary>A change of a version that is not the newest.</summary>
    public static ChatError Outdated(string name, int based, int? version) => Conflict(
        version is null
            ? $"Template '{name}' does not exist, so it has no version: leave 'version' out to store it."
            : $"Template '{name}' is at version {version}, not {based}: read it again, or leave 'version' out to overwrite it.",
        "version",
        "outdated_version");

    /// <summary>Variables that have to be given and are not.</summary>
    public static ChatError Missing(IReadOnlyList<string> names) => ChatError.Invalid(
        names is [_] ? $"Variable {Quote(names)} is missing." : $"Variables {Quote(names)} are missing.",
        $"variables.{Shorten(names[0])}",
        "missing_variable");

    /// <summary>Variables that the template does not have.</summary>
    public static ChatError Unknown(PromptTemplate template, IReadOnlyList<string> names) => ChatError.Invalid(
        $"Template '{template.Name}' has no variable {Quote(names)}. It has {Quote(template.Variables.Select(variable => variable.Name))}.",
        $"variables.{Shorten(names[0])}",
        "unknown_variable");

    /// <summary>A variable that cannot be used as it is.</summary>
    public static ChatError OfVariable(string name, string problem) =>
        ChatError.Invalid($"Variable '{Shorten(name)}' {problem}.", $"variables.{Shorten(name)}", "invalid_variable");

    /// <summary>The start of a text that comes from the caller.</summary>
    public static string Shorten(string text, int length = LongestExcerpt) => text.Length <= length ? text : text[..length] + "…";

    private static ChatError Conflict(string message, string? param, string code) =>
        new() { Kind = ChatErrorKind.Conflict, Message = message, Param = param, Code = code };

    private static string Quote(IEnumerable<string> names) =>
        string.Join(", ", names.Take(MostNames).Select(name => $"'{Shorten(name)}'"));

    private static (string Reason, bool IsLimit) Explain(ScriptRuntimeException exception, TemplateOptions options)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case TemplateLimitException limit:
                    return (limit.OriginalMessage, true);
                case RegexMatchTimeoutException:
                    return ($"searches for longer than {options.RegexTimeout.TotalMilliseconds:0} ms", true);
                case RegexParseException:
                    return ("is given an invalid regular expression", false);
                case InsufficientExecutionStackException:
                    return ("is nested or calls functions too deep", true);
            }
        }

        var message = exception.OriginalMessage;
        var (_, reached, limitOf) = Limits.FirstOrDefault(one => message.Contains(one.Sign, StringComparison.Ordinal));
        return reached is not null
            ? (string.Format(CultureInfo.InvariantCulture, reached, limitOf(options)), true)
            : (Faults.FirstOrDefault(one => message.Contains(one.Sign, StringComparison.Ordinal)).Reason ?? Unsuitable, false);
    }

    private static (int Line, int Column) Locate(string source, SourceSpan span)
    {
        var at = source.AsSpan(0, IsInside(source, span) ? span.Start.Offset : source.Length);
        return (at.Count('\n') + 1, at.Length - (at.LastIndexOf('\n') + 1) + 1);
    }

    // Only of an expression: the text around it is a prompt.
    private static string Excerpt(string source, SourceSpan span, bool isExpression)
    {
        if (!IsInside(source, span) || !(isExpression || IsExpression(source.AsSpan(0, span.Start.Offset))))
        {
            return "it";
        }

        var end = Math.Clamp(span.End.Offset + 1, span.Start.Offset, source.Length);
        var excerpt = source.AsSpan(span.Start.Offset, end - span.Start.Offset);
        excerpt = excerpt.IndexOf("}}", StringComparison.Ordinal) is >= 0 and var exit ? excerpt[..exit] : excerpt;
        excerpt = excerpt.IndexOf('\n') is >= 0 and var lineEnd ? excerpt[..lineEnd] : excerpt;
        return excerpt.IsWhiteSpace() ? "it" : $"'{Shorten(excerpt.Trim().ToString())}'";
    }

    private static bool IsExpression(ReadOnlySpan<char> before) =>
        before.LastIndexOf("{{", StringComparison.Ordinal) > before.LastIndexOf("}}", StringComparison.Ordinal);

    // The parser reports no offset for an end of text that it did not expect.
    private static bool IsInside(string source, SourceSpan span) => span.Start.Offset >= 0 && span.Start.Offset < source.Length;

    [GeneratedRegex(@"^Error while parsing [^:]*: | in: .*$|/?\b(System|Scriban)\.[\w.]+", RegexOptions.Singleline)]
    private static partial Regex ClassNames();
}
