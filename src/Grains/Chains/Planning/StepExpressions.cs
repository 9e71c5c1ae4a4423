using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Planning;

/// <summary>
/// The values of <c>when</c> and <c>for_each</c> of a run's steps. Each is evaluated once, when all that it reads is settled, and not in the turn
/// that needs it: that continues once the value is known.
/// </summary>
internal sealed class StepExpressions(ChainPlan plan, TemplateEngine engine, ChainOptions options)
{
    private readonly Dictionary<int, EvaluateResult<bool>> _conditions = [];

    private readonly Dictionary<int, EvaluateResult<ImmutableArray<JsonElement>>> _elements = plan.Steps
        .Where(step => step.Elements is not null)
        .ToDictionary(step => step.Index, step => (EvaluateResult<ImmutableArray<JsonElement>>)step.Elements!.Value);

    private readonly List<Question> _open = [];

    /// <summary>Whether a step's <c>when</c> is true; null where that is not known yet.</summary>
    public EvaluateResult<bool>? ConditionOf(PlannedStep step) => Find(_conditions, new(step, IsCondition: true));

    /// <summary>The elements of a step's <c>for_each</c>; null where they are not known yet.</summary>
    public EvaluateResult<ImmutableArray<JsonElement>>? ElementsOf(PlannedStep step) => Find(_elements, new(step, IsCondition: false));

    /// <summary>The unknown expressions that were requested since.</summary>
    public ImmutableArray<Question> TakeOpen()
    {
        ImmutableArray<Question> open = [.. _open];
        _open.Clear();
        return open;
    }

    /// <summary>Evaluates; changes nothing here, and so may run on any thread.</summary>
    public ImmutableArray<Answer> Evaluate(ImmutableArray<Question> questions, StepValues values, CancellationToken cancellationToken) =>
    [
        .. questions.Select(question => question switch
        {
            { IsCondition: true, Step.When: { } when } => new Answer(
                question, Condition: engine.EvaluateCondition(when, values.Of(when.Variables), cancellationToken)),
            { Step.ForEach: { } list } => new Answer(question, Elements: EvaluateList(engine, options, list, values, cancellationToken)),
            _ => throw new InvalidOperationException($"Step '{question.Step.Name}' has no such expression."),
        }),
    ];

    /// <summary>Now they are known.</summary>
    public void Add(ImmutableArray<Answer> answers)
    {
        foreach (var (question, condition, elements) in answers)
        {
            if (question.IsCondition)
            {
                _conditions[question.Step.Index] = condition;
            }
            else
            {
                _elements[question.Step.Index] = elements;
            }
        }
    }

    /// <summary>The elements of a list, of which there may not be too many.</summary>
    public static EvaluateResult<ImmutableArray<JsonElement>> EvaluateList(
        TemplateEngine engine, ChainOptions options, CompiledExpression list, StepValues values, CancellationToken cancellationToken)
    {
        var result = engine.EvaluateList(list, values.Of(list.Variables), cancellationToken);
        return result.Error is null && result.Value.Length > options.MaxElements
            ? ChainErrors.TooManyElements(result.Value.Length, options.MaxElements)
            : result;
    }

    private EvaluateResult<T>? Find<T>(Dictionary<int, EvaluateResult<T>> known, Question question)
    {
        if (known.TryGetValue(question.Step.Index, out var result))
        {
            return result;
        }

        if (!_open.Contains(question))
        {
            _open.Add(question);
        }

        return null;
    }

    /// <summary>An expression of a step: its <c>when</c>, or else its <c>for_each</c>.</summary>
    public readonly record struct Question(PlannedStep Step, bool IsCondition);

    /// <summary>The value of an expression.</summary>
    public readonly record struct Answer(
        Question Question, EvaluateResult<bool> Condition = default, EvaluateResult<ImmutableArray<JsonElement>> Elements = default);
}
