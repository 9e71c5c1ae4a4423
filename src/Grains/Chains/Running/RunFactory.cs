using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Prism.Formats.Prism.Chains;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Settings;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Running;

/// <summary>Creates runs, from starts and from stored state.</summary>
internal sealed class RunFactory(
    ChainPlanner planner,
    TemplateEngine engine,
    ITemplateRunner runner,
    IPromptTemplates templates,
    StepCaller caller,
    ChainTelemetry telemetry,
    ISettings<ChainOptions> settings,
    TimeProvider time,
    ILogger<RunLoop> logger)
{
    /// <summary>The fingerprint of a start. A start with the same idempotency key must have the same.</summary>
    public static string FingerprintOf(ChainStart start)
    {
        if (start.Fingerprint is { } given)
        {
            return given;
        }

        var definition = JsonSerializer.SerializeToUtf8Bytes(start.Definition, ChainJson.Lenient.ChainDefinition);
        return $"{Convert.ToHexStringLower(SHA256.HashData(definition))} {start.Chain}";
    }

    /// <summary>The new run of a start, with its plan, before its first claims; or the error in the start.</summary>
    public async Task<(RunState? Run, ChainPlan? Plan, ChatError? Error)> CreateAsync(ChainStart start)
    {
        var stored = ImmutableArray.CreateBuilder<PromptTemplate>();
        foreach (var name in ChainPlanner.StoredTemplatesOf(start.Definition))
        {
            var found = await templates.FindAsync(start.Owner, name, CancellationToken.None);
            if (found.Template is { } template)
            {
                stored.Add(template);
            }
            else if (found.Error is { Kind: not ChatErrorKind.NotFound } unavailable)
            {
                return (null, null, unavailable);
            }
        }

        var run = new RunState { Start = start, Templates = stored.ToImmutable() };
        var (plan, error) = await PlanAsync(run);
        var bytes = ChainInputs.SizeOf(start.Definition) + stored.Sum(template => (long)template.Source.Length);
        error ??= bytes is null ? ChainErrors.NotText()
            : bytes > settings.Current.MaxStateBytes ? ChainErrors.DefinitionTooLarge(bytes.Value, settings.Current.MaxStateBytes)
            : null;
        return error is not null
            ? (null, null, error)
            : (CreateScheduler(plan!).Begin(run with { Fingerprint = FingerprintOf(start), Bytes = bytes!.Value }), plan, null);
    }

    /// <summary>The plan of a run, or why it can no longer run. Compiles and evaluates, so it does not run in the turn of a grain.</summary>
    public async Task<(ChainPlan? Plan, ChatError? Error)> PlanAsync(RunState run)
    {
        var stored = run.Templates.ToDictionary(template => template.Name, StringComparer.Ordinal);
        var result = await runner.RunAsync(
            Owners.Of(run.Start!.Owner), _ => planner.Plan(run.Start.Definition, stored), CancellationToken.None);
        return (result.Plan, result.Error);
    }

    /// <summary>The loop that carries a run out.</summary>
    public RunLoop CreateLoop(RunStore store, ChainPlan plan, RunFeed feed) =>
        new(store, plan, CreateScheduler(plan), runner, caller, feed, telemetry, settings.Current, time, logger);

    private RunScheduler CreateScheduler(ChainPlan plan) =>
        new(plan, new StepExpressions(plan, engine.Patient, settings.Current), settings.Current, time);
}
