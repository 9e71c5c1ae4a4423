using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Settings;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Planning;

/// <summary>
/// Compiles a chain before any of it runs, or returns its error with the place. A pure function of the definition, its stored templates and the
/// configured providers.
/// </summary>
internal sealed class ChainPlanner(TemplateEngine engine, IRequestCheck requests, ISettings<ChainOptions> settings)
{
    public const string Item = "item";

    public const string Fail = "fail";

    public const string Continue = "continue";

    private const int MostParallel = 64;

    private ChainOptions Options => settings.Current;

    /// <summary>The stored templates that a chain uses.</summary>
    public static IEnumerable<string> StoredTemplatesOf(ChainDefinition definition) =>
        definition.Steps.Select(step => step?.TemplateName).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Plans a chain.</summary>
    /// <param name="definition">The chain, with its inputs.</param>
    /// <param name="stored">The stored templates that it uses; those that there are none of are left out.</param>
    public PlanResult Plan(ChainDefinition definition, IReadOnlyDictionary<string, PromptTemplate> stored) => Plan(definition, stored, isOpen: false);

    /// <summary>Plans a chain whose runs have inputs of their own: other variables are <see cref="ChainPlan.Open"/>.</summary>
    /// <param name="definition">The chain, with the inputs that need not be brought.</param>
    /// <param name="stored">The stored templates that it uses; those that there are none of are left out.</param>
    public PlanResult PlanWithoutInputs(ChainDefinition definition, IReadOnlyDictionary<string, PromptTemplate> stored) =>
        Plan(definition, stored, isOpen: true);

    private PlanResult Plan(ChainDefinition definition, IReadOnlyDictionary<string, PromptTemplate> stored, bool isOpen)
    {
        if ((CheckShape(definition) ?? ChainInputs.Check(definition, Options)) is { } error)
        {
            return error;
        }

        var compiler = new StepCompiler(engine, requests, Options, stored);
        var names = new ChainNames(definition);
        var steps = ImmutableArray.CreateBuilder<PlannedStep>(definition.Steps.Length);
        for (var i = 0; i < definition.Steps.Length; i++)
        {
            var (step, wrong) = compiler.Compile(definition.Steps[i], i);
            if ((wrong ?? names.Check(step!)) is { } problem)
            {
                return problem;
            }

            steps.Add(step!);
        }

        return StepOrder.Resolve(definition, steps.MoveToImmutable(), definition.MaxParallel ?? Options.MaxParallel, isOpen) switch
        {
            { Plan: { } plan } => EvaluateLists(definition, plan),
            var refused => refused,
        };
    }

    private ChatError? CheckShape(ChainDefinition definition) => definition switch
    {
        { Extra: { Count: > 0 } extra } => ChainErrors.UnknownProperty(extra.First().Key),
        { Steps.IsEmpty: true } => ChainErrors.NoSteps(),
        { Steps: var steps } when steps.Length > Options.MaxSteps =>
            ChainErrors.TooManySteps(StepPlace.Of(steps[Options.MaxSteps], Options.MaxSteps), steps.Length, Options.MaxSteps),
        { MaxParallel: { } parallel and (< 1 or > MostParallel) } => ChainErrors.ParallelOutOfRange(parallel, MostParallel),
        _ => null,
    };

    // A list that only inputs make is known before anything runs.
    private PlanResult EvaluateLists(ChainDefinition definition, ChainPlan plan)
    {
        var inputs = new StepValues(definition.Inputs, plan, []);
        var steps = plan.Steps.ToBuilder();
        foreach (var step in plan.Steps)
        {
            if (step.ForEach is { } list && list.Variables.All(name => definition.Inputs?.ContainsKey(name) ?? false))
            {
                var result = StepExpressions.EvaluateList(engine.Patient, Options, list, inputs, CancellationToken.None);
                if (result.Error is { } error)
                {
                    return ChainErrors.OfStep(new(step.Index, step.Name), "for_each", error);
                }

                steps[step.Index] = step with { Elements = result.Value };
            }
        }

        return plan with { Steps = steps.ToImmutable() };
    }
}
