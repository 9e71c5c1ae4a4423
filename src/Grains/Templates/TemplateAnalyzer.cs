using System.Collections.Immutable;
using Scriban.Parsing;
using Scriban.Syntax;

namespace Prism.Grains.Templates;

/// <summary>
/// Reads from a parsed template, in the order of its evaluation, which variables it needs from outside. Rejects syntax that would hide them
/// (<c>this</c>, <c>with</c>, <c>import</c>), changes inside lists and objects (see <see cref="ValueSizes"/>) and calls of functions that do not
/// exist.
/// </summary>
internal sealed class TemplateAnalyzer : ScriptVisitor
{
    private readonly OrderedDictionary<string, bool> _free = [];
    private readonly HashSet<string> _bound = [];
    private readonly HashSet<string> _functions;

    private TemplateAnalyzer(HashSet<string> functions) => _functions = functions;

    /// <summary>The first rejected syntax, if any.</summary>
    public (SourceSpan Span, string Message)? Refused { get; private set; }

    /// <summary>The variables that are read before the template itself sets them.</summary>
    public ImmutableArray<string> Variables => [.. _free.Keys];

    public static TemplateAnalyzer Analyze(ScriptPage page)
    {
        var assigned = new AssignedNames();
        assigned.Visit(page);
        var analyzer = new TemplateAnalyzer(assigned.Names);
        analyzer.Visit(page);
        return analyzer;
    }

    public override void Visit(ScriptVariableGlobal node)
    {
        if (!IsKnown(node.Name))
        {
            _free.TryAdd(node.Name, true);
        }
    }

    public override void Visit(ScriptMemberExpression node) => Visit((ScriptNode?)node.Target);

    public override void Visit(ScriptNamedArgument node) => Visit((ScriptNode?)node.Value);

    public override void Visit(ScriptObjectMember node) => Visit((ScriptNode?)node.Value);

    public override void Visit(ScriptAssignExpression node)
    {
        if (node.EqualToken is not { TokenType: TokenType.Equal })
        {
            Visit((ScriptNode?)node.Target);
        }

        Visit((ScriptNode?)node.Value);
        Bind(node.Target);
    }

    public override void Visit(ScriptIncrementDecrementExpression node)
    {
        Visit((ScriptNode?)node.Right);
        Bind(node.Right);
    }

    public override void Visit(ScriptCaptureStatement node)
    {
        Visit((ScriptNode?)node.Body);
        Bind(node.Target);
    }

    public override void Visit(ScriptForStatement node) => VisitLoop(node);

    public override void Visit(ScriptTableRowStatement node) => VisitLoop(node);

    public override void Visit(ScriptFunction node)
    {
        Bind(node.NameOrDoToken);
        VisitScope([.. node.Parameters?.Select(parameter => parameter.Name) ?? []], node.Body);
    }

    public override void Visit(ScriptFunctionCall node)
    {
        VisitCallee(node.Target);
        foreach (var argument in node.Arguments)
        {
            Visit((ScriptNode?)argument);
        }
    }

    public override void Visit(ScriptPipeCall node)
    {
        Visit((ScriptNode?)node.From);
        VisitCallee(node.To);
    }

    public override void Visit(ScriptThisExpression node) => Refuse(node, "'this' is not available: name the variables that are used.");

    public override void Visit(ScriptWithStatement node) =>
        Refuse(node, "'with' is not available: write the object before its members (customer.name).");

    public override void Visit(ScriptImportStatement node) =>
        Refuse(node, "'import' is not available: write the object before its members (customer.name).");

    private void VisitLoop(ScriptForStatement node)
    {
        Visit((ScriptNode?)node.Iterator);
        foreach (var argument in node.NamedArguments)
        {
            Visit((ScriptNode?)argument);
        }

        VisitScope([node.Variable], node.Body);
        Visit((ScriptNode?)node.Else);
    }

    // Variables that the body sets stay. Those that it is given go.
    private void VisitScope(ScriptNode?[] given, ScriptNode? body)
    {
        foreach (var target in given)
        {
            if (target is not ScriptVariable)
            {
                Bind(target);
            }
        }

        var added = given.OfType<ScriptVariableGlobal>().Select(variable => variable.Name).Where(_bound.Add).ToList();
        Visit(body);
        _bound.ExceptWith(added);
    }

    private void VisitCallee(ScriptNode? callee)
    {
        if (callee is not ScriptVariableGlobal { Name: var name })
        {
            Visit(callee);
            return;
        }

        if (!IsKnown(name) && !_functions.Contains(name))
        {
            Refuse(callee, JinjaSyntax.FindCounterpart(name) is { } counterpart
                ? $"'{name}' does not exist: write {counterpart}."
                : $"function '{TemplateErrors.Shorten(name)}' does not exist.");
        }
    }

    // The loop objects (for.index) are variables to the parser.
    private bool IsKnown(string name) => _bound.Contains(name) || TemplateFunctions.Shared.ContainsKey(name)
        || name is "for" or "while" or "tablerow";

    private void Bind(ScriptNode? target)
    {
        if (target is ScriptVariableGlobal variable)
        {
            _bound.Add(variable.Name);
        }
        else if (target is ScriptMemberExpression or ScriptIndexerExpression)
        {
            Refuse(target, "lists and objects cannot be changed: create a new one.");
        }
    }

    private void Refuse(ScriptNode node, string message) => Refused ??= (node.Span, message);

    /// <summary>Every name that a template gives to something: functions may be called before they are read.</summary>
    private sealed class AssignedNames : ScriptVisitor
    {
        public HashSet<string> Names { get; } = [];

        public override void Visit(ScriptFunction node)
        {
            Add(node.NameOrDoToken);
            foreach (var parameter in node.Parameters?.AsEnumerable() ?? [])
            {
                Add(parameter.Name);
            }

            Visit((ScriptNode?)node.Body);
        }

        public override void Visit(ScriptAssignExpression node)
        {
            Add(node.Target);
            Visit((ScriptNode?)node.Value);
        }

        private void Add(ScriptNode? target)
        {
            if (target is ScriptVariableGlobal variable)
            {
                Names.Add(variable.Name);
            }
        }
    }
}
