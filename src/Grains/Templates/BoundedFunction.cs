using Scriban;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Prism.Grains.Templates;

/// <summary>
/// A function that a template may call, with its price: the cost follows from its arguments, and is paid before it runs. Every way to call it (by
/// name, in a pipe, by another function for each element of a list) goes through this.
/// </summary>
/// <param name="name">Its full name, <c>string.upcase</c>.</param>
/// <param name="inner">The function.</param>
/// <param name="cost">How much work it is with some arguments.</param>
internal sealed class BoundedFunction(string name, IScriptCustomFunction inner, FunctionCost cost) : IScriptCustomFunction
{
    public string Name => name;

    public IScriptCustomFunction Inner => inner;

    public FunctionCost Cost => cost;

    public int RequiredParameterCount => inner.RequiredParameterCount;

    public int ParameterCount => inner.ParameterCount;

    public ScriptVarParamKind VarParamKind => inner.VarParamKind;

    public Type ReturnType => inner.ReturnType;

    public ScriptParameterInfo GetParameterInfo(int index) => inner.GetParameterInfo(index);

    public object? Invoke(TemplateContext context, ScriptNode? callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement) =>
        ((SandboxContext)context).Call(this, callerContext, arguments, blockStatement);

    public ValueTask<object?> InvokeAsync(
        TemplateContext context, ScriptNode? callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement) =>
        new(Invoke(context, callerContext, arguments, blockStatement));
}

/// <summary>How much work a call is, in the units of <see cref="RenderBudget"/>.</summary>
internal delegate long FunctionCost(SandboxContext context, ScriptArray arguments);
