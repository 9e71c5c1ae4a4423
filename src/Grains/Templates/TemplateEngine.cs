using System.Text;
using System.Text.Json;
using Prism.Chat;
using Scriban;
using Scriban.Parsing;
using Scriban.Syntax;

namespace Prism.Templates;

/// <summary>
/// Compiles and renders templates, in a sandbox: pure functions of their text and variables, with an end in time and memory. What is wrong
/// with a template or its variables is a value. Thread-safe.
/// </summary>
internal sealed class TemplateEngine(TemplateOptions options, TimeProvider time)
{
    private readonly ParserOptions _parserOptions = new() { ExpressionDepthLimit = options.MaxExpressionDepth };

    /// <summary>Reads a template.</summary>
    /// <param name="source">Its text, in Scriban's language.</param>
    public CompileResult Compile(string source)
    {
        if (Encoding.UTF8.GetByteCount(source) > options.MaxTemplateBytes)
        {
            return ChatError.Invalid(
                $"The template is longer than {options.MaxTemplateBytes:N0} bytes.", "template", "template_limit_exceeded");
        }

        // Before anything else: Jinja that does not parse would get a message that does not help.
        if (JinjaSyntax.Find(source) is { } jinja)
        {
            return jinja;
        }

        var script = Template.Parse(source, parserOptions: _parserOptions);
        if (script.HasErrors || script.Page is null)
        {
            return TemplateErrors.Invalid(source, script.Messages.First(message => message.Type == ParserMessageType.Error));
        }

        var analyzer = TemplateAnalyzer.Analyze(script.Page);
        return analyzer.Refused is var (span, message)
            ? TemplateErrors.Invalid(source, span, message)
            : new CompiledTemplate(source, script, analyzer.Variables);
    }

    /// <summary>Renders a template. Values are data: they are printed as they are, whatever is in them.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public RenderResult Render(
        CompiledTemplate template, IEnumerable<KeyValuePair<string, JsonElement>> variables, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (values, error) = TemplateValues.Convert(variables, options.MaxValueDepth);
        if (error is not null)
        {
            return error;
        }

        var context = new SandboxContext(options, time, values, cancellationToken);
        try
        {
            return template.Script.Render(context);
        }
        catch (ScriptRuntimeException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return context.Missing is { Scope: ScriptVariableScope.Global } missing
                ? TemplateErrors.Missing([missing.Name])
                : TemplateErrors.Failed(template.Source, exception);
        }
    }
}
