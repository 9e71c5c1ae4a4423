using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Prism.Grains.Templates;

/// <summary>
/// Compiles and renders templates, in a sandbox: pure functions of their text and variables, bounded in time and memory. Errors in a template or its
/// variables are values. Thread-safe.
/// </summary>
internal sealed class TemplateEngine(TemplateOptions options, TimeProvider time)
{
    private static readonly LexerOptions ExpressionLexer = new() { Mode = ScriptMode.ScriptOnly };

    private const int PatienceOfRuns = 4;

    private readonly ParserOptions _parserOptions = new() { ExpressionDepthLimit = options.MaxExpressionDepth };

    /// <summary>
    /// Renders with more time. The caller of a chat can retry after a short freeze of the machine, but a run must not fail of it.
    /// </summary>
    public TemplateEngine Patient => field ??= new(options.WithPatience(PatienceOfRuns), time);

    /// <summary>Reads a template.</summary>
    /// <param name="source">Its text, in Scriban's language.</param>
    /// <param name="subject">Its name in errors.</param>
    public CompileResult Compile(string source, string subject = TemplateErrors.TheTemplate)
    {
        if (FindTooLong(source, subject) is { } tooLong)
        {
            return tooLong;
        }

        // Before anything else: Jinja that does not parse would get a message that does not help.
        if (JinjaSyntax.Find(source, subject) is { } jinja)
        {
            return jinja;
        }

        var result = Compile(source, Template.Parse(source, parserOptions: _parserOptions), subject);
        return result.Error is null && OpenBraces.Find(source, subject) is { } open ? open : result;
    }

    /// <summary>Reads an expression: the text between <c>{{</c> and <c>}}</c>, without them.</summary>
    /// <param name="source">Its text, in Scriban's language.</param>
    /// <param name="subject">Its name in errors.</param>
    public CompileExpressionResult CompileExpression(string source, string subject)
    {
        if (FindTooLong(source, subject) is { } tooLong)
        {
            return tooLong;
        }

        // As with Jinja: the parser's message about braces does not help.
        var result = source.AsSpan().TrimStart().StartsWith("{{")
            ? NotAnExpression(source, subject)
            : Compile(source, Template.Parse(source, null, _parserOptions, ExpressionLexer), subject);
        if (result.Template is not { } compiled)
        {
            return result.Error!;
        }

        return compiled.Script.Page?.Body?.Statements is [ScriptExpressionStatement]
            ? new CompiledExpression(compiled)
            : NotAnExpression(source, subject);
    }

    /// <summary>Renders a template. Values are data: they are printed unchanged.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public RenderResult Render(
        CompiledTemplate template, IEnumerable<KeyValuePair<string, JsonElement>> variables, CancellationToken cancellationToken)
    {
        var result = Run<string>(template, variables, (script, context) => script.Render(context), cancellationToken);
        return result.Error is { } error ? error : result.Value!;
    }

    /// <summary>Whether an expression's value counts as true: all do but false, null and nothing at all.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public EvaluateResult<bool> EvaluateCondition(
        CompiledExpression expression, IEnumerable<KeyValuePair<string, JsonElement>> variables, CancellationToken cancellationToken) =>
        Run<bool>(
            expression.Script,
            variables,
            (script, context) => context.ToBool(default, script.Evaluate(context)),
            cancellationToken);

    /// <summary>The elements of an expression's value, which has to be a list.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public EvaluateResult<ImmutableArray<JsonElement>> EvaluateList(
        CompiledExpression expression, IEnumerable<KeyValuePair<string, JsonElement>> variables, CancellationToken cancellationToken) =>
        Run<ImmutableArray<JsonElement>>(
            expression.Script,
            variables,
            (script, context) => script.Evaluate(context) is ScriptArray list
                ? ToJson(expression.Script, context, list)
                : TemplateErrors.WrongValue(expression.Script, "does not make a list"),
            cancellationToken);

    private static CompileResult Compile(string source, Template script, string subject)
    {
        if (script.HasErrors || script.Page is null)
        {
            return TemplateErrors.Invalid(source, script.Messages.First(message => message.Type == ParserMessageType.Error), subject);
        }

        var analyzer = TemplateAnalyzer.Analyze(script.Page);
        return analyzer.Refused is var (span, message)
            ? TemplateErrors.Invalid(source, span, message, subject)
            : new CompiledTemplate(source, script, analyzer.Variables, subject);
    }

    private EvaluateResult<T> Run<T>(
        CompiledTemplate template,
        IEnumerable<KeyValuePair<string, JsonElement>> variables,
        Func<Template, SandboxContext, EvaluateResult<T>> run,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var budget = new RenderBudget(options, time, cancellationToken);
        var (values, error) = TemplateValues.Convert(variables, options.MaxValueDepth, budget);
        if (error is not null)
        {
            return error;
        }

        var context = new SandboxContext(options, budget, values, cancellationToken);
        try
        {
            return run(template.Script, context);
        }
        catch (ScriptRuntimeException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return context.Missing is { Scope: ScriptVariableScope.Global } missing
                ? TemplateErrors.Missing([missing.Name])
                : TemplateErrors.Failed(template, exception, options, context.Function);
        }
    }

    private static ChatError NotAnExpression(string source, string subject) =>
        TemplateErrors.Invalid(source, default(SourceSpan), "this has to be one expression, without {{ and }}.", subject);

    private ChatError? FindTooLong(string source, string subject) =>
        Encoding.UTF8.GetByteCount(source) > options.MaxTemplateBytes ? TemplateErrors.TooLong(options.MaxTemplateBytes, subject) : null;

    private static EvaluateResult<ImmutableArray<JsonElement>> ToJson(CompiledTemplate expression, SandboxContext context, ScriptArray list)
    {
        try
        {
            return (ImmutableArray<JsonElement>)[.. list.Select(item => JsonElement.Parse(TemplateJson.Write(context, item)))];
        }
        catch (ArgumentException)
        {
            return TemplateErrors.WrongValue(expression, "makes a list with an element that is no value");
        }
    }
}
