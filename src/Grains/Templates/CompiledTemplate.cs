using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;
using Scriban;

namespace Prism.Grains.Templates;

/// <summary>A template that was understood. Immutable: one instance serves any number of renderings at the same time.</summary>
/// <param name="source">Its text.</param>
/// <param name="script">Its parsed text.</param>
/// <param name="variables">See <see cref="Variables"/>.</param>
/// <param name="subject">See <see cref="Subject"/>.</param>
internal sealed class CompiledTemplate(string source, Template script, ImmutableArray<string> variables, string subject)
{
    /// <summary>Its name in errors: <c>the template</c>, or the property with it.</summary>
    public string Subject => subject;

    /// <summary>Its text, in Scriban's language.</summary>
    public string Source => source;

    /// <summary>
    /// The variables it reads and does not set itself, in the order of their first use. One that is read only in a branch is one too.
    /// </summary>
    public ImmutableArray<string> Variables => variables;

    /// <summary>The script.</summary>
    public Template Script => script;
}

/// <summary>How a compilation ended: either <see cref="Template"/> or <see cref="Error"/> is set.</summary>
internal readonly record struct CompileResult
{
    public CompiledTemplate? Template { get; private init; }

    public ChatError? Error { get; private init; }

    public static implicit operator CompileResult(CompiledTemplate template) => new() { Template = template };

    public static implicit operator CompileResult(ChatError error) => new() { Error = error };
}

/// <summary>An expression that was understood; as <see cref="CompiledTemplate"/>.</summary>
/// <param name="Script">The script.</param>
internal sealed record CompiledExpression(CompiledTemplate Script)
{
    /// <summary>The variables it reads.</summary>
    public ImmutableArray<string> Variables => Script.Variables;
}

/// <summary>How a compilation ended: either <see cref="Expression"/> or <see cref="Error"/> is set.</summary>
internal readonly record struct CompileExpressionResult
{
    public CompiledExpression? Expression { get; private init; }

    public ChatError? Error { get; private init; }

    public static implicit operator CompileExpressionResult(CompiledExpression expression) => new() { Expression = expression };

    public static implicit operator CompileExpressionResult(ChatError error) => new() { Error = error };
}

/// <summary>How an evaluation ended: either <see cref="Value"/> or <see cref="Error"/> is set.</summary>
internal readonly record struct EvaluateResult<T>
{
    public T? Value { get; private init; }

    public ChatError? Error { get; private init; }

    public static implicit operator EvaluateResult<T>(T value) => new() { Value = value };

    public static implicit operator EvaluateResult<T>(ChatError error) => new() { Error = error };
}

/// <summary>How a rendering ended: either <see cref="Text"/> or <see cref="Error"/> is set.</summary>
internal readonly record struct RenderResult
{
    public string? Text { get; private init; }

    public ChatError? Error { get; private init; }

    public static implicit operator RenderResult(string text) => new() { Text = text };

    public static implicit operator RenderResult(ChatError error) => new() { Error = error };
}
