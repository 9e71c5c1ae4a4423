using System.Collections;
using System.Runtime.CompilerServices;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Prism.Templates;

/// <summary>
/// One rendering, held to <see cref="TemplateOptions"/>. Scriban's own limits are set, and what they leave open is checked at every node:
/// loops one after the other each have a full <see cref="TemplateContext.LoopLimit"/>, and lists, objects and whole numbers may grow
/// without any.
/// </summary>
internal sealed class SandboxContext : TemplateContext
{
    private readonly TemplateOptions _options;
    private readonly TimeProvider _time;
    private readonly ValueSizes _sizes;
    private readonly long _started;
    private readonly long _allocatedBefore;

    public SandboxContext(TemplateOptions options, TimeProvider time, ScriptObject variables, CancellationToken cancellationToken)
        : base(TemplateFunctions.Shared)
    {
        _options = options;
        _time = time;
        _sizes = new(options);
        _started = time.GetTimestamp();
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();

        LoopLimit = options.MaxLoopRounds;
        RecursiveLimit = options.MaxCallDepth;
        // Scriban refuses a text that reaches this, not only one that exceeds it.
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

    /// <summary>The variable that was read last and is not there; null where all were.</summary>
    public ScriptVariable? Missing { get; private set; }

    public override object? Evaluate(ScriptNode? scriptNode, bool aliasReturnedFunction)
    {
        var span = scriptNode?.Span ?? CurrentSpan;
        CheckResources(span);
        var value = base.Evaluate(scriptNode, aliasReturnedFunction) switch
        {
            // Lazy sequences are read at once: one over another, thousands deep, would overflow the stack, which no process survives.
            IEnumerable sequence and not (string or IScriptObject or IScriptCustomFunction) => ReadAll(sequence, span),
            // Scriban prints a part of $"…" by ToString, which for a list is the name of a .NET type.
            var part when scriptNode is ScriptInterpolatedExpression => ObjectToString(part),
            var other => other,
        };
        return _sizes.FindExcess(value) is { } excess ? throw new TemplateLimitException(span, excess) : value;
    }

    // The fallback of the base class is reflection over whatever .NET object it is given: functions, loops, iterators.
    protected override IObjectAccessor? GetMemberAccessorImpl(object target) =>
        target is (IScriptObject and not IScriptCustomFunction) or string or KeyValuePair<string, object> || target.GetType().IsPrimitive
            ? base.GetMemberAccessorImpl(target)
            : throw new ScriptRuntimeException(CurrentSpan, "Cannot get member of this value.");

    private void CheckResources(SourceSpan span)
    {
        if (_time.GetElapsedTime(_started) > _options.Deadline)
        {
            throw new TemplateLimitException(span, $"takes longer than {_options.Deadline.TotalMilliseconds:0} ms");
        }

        if (GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore > _options.MaxAllocatedBytes)
        {
            throw new TemplateLimitException(span, $"takes more than {_options.MaxAllocatedBytes:N0} bytes of memory");
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateLimitException(span, "is nested or calls functions too deep");
        }
    }

    private ScriptArray ReadAll(IEnumerable sequence, SourceSpan span)
    {
        var list = new ScriptArray();
        foreach (var item in sequence)
        {
            if (list.Count == _options.MaxLoopRounds)
            {
                throw new TemplateLimitException(span, $"makes a list of more than {_options.MaxLoopRounds:N0} elements");
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
