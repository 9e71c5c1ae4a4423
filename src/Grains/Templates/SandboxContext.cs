using System.Collections;
using System.Text.RegularExpressions;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Prism.Grains.Templates;

/// <summary>
/// One rendering, within its <see cref="TemplateOptions"/>. Scriban's own limits are set. What they do not cover is checked at every node and at
/// every call of a function: consecutive loops each have a full <see cref="TemplateContext.LoopLimit"/>, and lists, objects and whole numbers may
/// grow without a limit.
/// </summary>
internal sealed class SandboxContext : TemplateContext
{
    // The cost of a node beside the values it works on, in characters.
    private const int WorkOfNode = 20;

    private readonly ValueSizes _sizes;
    private readonly RenderBudget _budget;
    private readonly Dictionary<(string Pattern, RegexOptions Options), Regex> _expressions = [];

    public SandboxContext(TemplateOptions options, RenderBudget budget, ScriptObject variables, CancellationToken cancellationToken)
        : base(TemplateFunctions.Shared)
    {
        Options = options;
        _budget = budget;
        _sizes = new(options);

        LoopLimit = options.MaxLoopRounds;
        RecursiveLimit = options.MaxCallDepth;
        // Scriban rejects a text that reaches this, not only one that exceeds it.
        LimitToString = Math.Min(options.MaxStringLength, int.MaxValue - 1) + 1;
        OutputLimit = options.MaxOutputLength;
        OnStringLimit = ScriptLimitBehavior.Throw;
        OnOutputLimit = ScriptLimitBehavior.Throw;
        // Counts the innermost value as a level too.
        ObjectRecursionLimit = options.MaxValueDepth + 1;
        RegexTimeOut = options.RegexTimeout;
        StrictVariables = true;
        EnableRelaxedMemberAccess = false;
        EnableRelaxedIndexerAccess = false;
        TemplateLoader = null;
        CancellationToken = cancellationToken;
        // A value of several lines comes out as it went in, wherever in a line it is put.
        AutoIndent = false;
        NewLine = "\n";
        TryGetVariable = OnMissing;
        PushGlobal(variables);
    }

    public TemplateOptions Options { get; }

    /// <summary>The variable that was read last and is not there; null where all were.</summary>
    public ScriptVariable? Missing { get; private set; }

    /// <summary>The function that is running, or where the rendering failed, the one that it failed in; null outside of functions.</summary>
    public string? Function { get; private set; }

    public override object? Evaluate(ScriptNode? scriptNode, bool aliasReturnedFunction)
    {
        var span = scriptNode?.Span ?? CurrentSpan;
        var outer = Function;
        Function = null;
        Spend(span, WorkOfNode);
        var value = base.Evaluate(scriptNode, aliasReturnedFunction);
        // Scriban prints a part of $"…" by ToString, which for a list is the name of a .NET type.
        value = scriptNode is ScriptInterpolatedExpression ? ObjectToString(Settle(value, span)) : Settle(value, span);
        if (IsOperand(scriptNode))
        {
            // Comparisons and sums go through all of it; the vector instructions that they use take many characters at once.
            Spend(span, _sizes.LengthOf(value) / 16);
        }

        Function = outer;
        return value;
    }

    public override string? ObjectToString(object? value, bool nested = false)
    {
        if (!nested && value is not string)
        {
            Spend(CurrentSpan, _sizes.LengthOf(value));
        }

        return base.ObjectToString(value, nested);
    }

    /// <summary>Calls a function of <see cref="TemplateFunctions"/>, after its cost is paid.</summary>
    public object? Call(BoundedFunction function, ScriptNode? caller, ScriptArray arguments, ScriptBlockStatement? block)
    {
        var span = caller?.Span ?? CurrentSpan;
        var outer = Function;
        Function = function.Name;
        Spend(span, WorkOfNode + function.Cost(this, arguments));
        var value = Settle(function.Inner.Invoke(this, caller, arguments, block), span);
        _budget.Check(span);
        Function = outer;
        return value;
    }

    /// <summary>Counts work that is about to be done, and checks the measured limits.</summary>
    public void Spend(SourceSpan span, long work)
    {
        _budget.Spend(span, work);
        _budget.Check(span);
    }

    /// <summary>About how many characters a value has when it is printed.</summary>
    public long LengthOf(object? value) => _sizes.LengthOf(value);

    /// <summary>A regular expression, parsed once a rendering.</summary>
    /// <exception cref="RegexParseException">It is none.</exception>
    public Regex ExpressionOf(string pattern, RegexOptions options)
    {
        if (!_expressions.TryGetValue((pattern, options), out var expression))
        {
            _expressions[(pattern, options)] = expression = new(pattern, options | RegexOptions.CultureInvariant, RegexTimeOut);
        }

        return expression;
    }

    // The fallback of the base class is reflection over any .NET object: functions, loops, iterators.
    protected override IObjectAccessor? GetMemberAccessorImpl(object target) =>
        target is (IScriptObject and not IScriptCustomFunction) or string or KeyValuePair<string, object> || target.GetType().IsPrimitive
            ? base.GetMemberAccessorImpl(target)
            : throw new ScriptRuntimeException(CurrentSpan, "Cannot get member of this value.");

    private static bool IsOperand(ScriptNode? node) => node?.Parent switch
    {
        ScriptBinaryExpression { Operator: not (ScriptBinaryOperator.And or ScriptBinaryOperator.Or) } => true,
        ScriptAssignExpression assignment => assignment.EqualToken.TokenType != TokenType.Equal,
        ScriptWhenStatement or ScriptCaseStatement => true,
        _ => false,
    };

    // A value as it may be passed on: read, measured, and not too large.
    private object? Settle(object? value, SourceSpan span)
    {
        // Lazy sequences are read at once: one over another, thousands deep, would overflow the stack, which no process survives.
        var settled = value is IEnumerable sequence and not (string or IScriptObject or IScriptCustomFunction) ? ReadAll(sequence, span) : value;
        return _sizes.FindExcess(settled) is { } excess ? throw new TemplateLimitException(span, excess) : settled;
    }

    private ScriptArray ReadAll(IEnumerable sequence, SourceSpan span)
    {
        var list = new ScriptArray();
        foreach (var item in sequence)
        {
            if (list.Count == Options.MaxLoopRounds)
            {
                throw new TemplateLimitException(span, $"makes a list of more than {Options.MaxLoopRounds:N0} elements");
            }

            list.Add(item);
        }

        return list;
    }

    private bool OnMissing(TemplateContext context, SourceSpan span, ScriptVariable variable, out object? value)
    {
        Missing = variable;
        value = null;
        return false;
    }
}

/// <summary>A rendering went over one of the limits of <see cref="TemplateOptions"/>.</summary>
internal sealed class TemplateLimitException(SourceSpan span, string what) : ScriptRuntimeException(span, what);
