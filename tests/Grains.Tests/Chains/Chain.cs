using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Prism.Formats.Prism.Chains;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Settings;
using Prism.Grains.Templates;
using Prism.Pipeline.Routing;
using Prism.Providers;
using Prism.Tests.Chat;

namespace Prism.Tests.Chains;

/// <summary>Chains as they come in JSON, and a planner of its own for them.</summary>
internal static class Chain
{
    /// <summary>With a deadline that no test meets because others run beside it.</summary>
    public static readonly TemplateEngine Engine = new(new TemplateOptions { Deadline = TimeSpan.FromMinutes(1) }, TimeProvider.System);

    private static readonly ImmutableDictionary<string, PromptTemplate> Stored =
        BuiltInTemplates.Load().ToImmutableDictionary(template => template.Name);

    public static ChainDefinition Parse(string json) => JsonSerializer.Deserialize(json, ChainJson.Strict.ChainDefinition)!;

    public static ChainPlanner Planner(ChainOptions? options = null)
    {
        var unusable = new ScriptedProvider(new() { Name = "openai", Type = ProviderType.OpenAi, BaseUrl = "https://api.openai.com/v1" });
        var registry = new ProviderRegistry("vendor", [ScriptedProvider.Create("vendor"), unusable]);
        return new(Engine, new RequestCheck(new ChatRouter(new(1)), TestPipeline.SnapshotsOf(registry)), new StartSettings<ChainOptions>(Options.Create(options ?? new())));
    }

    public static ChainPlan Plan(string json) => Plan(Parse(json));

    public static ChainPlan Plan(ChainDefinition definition)
    {
        var result = Planner().Plan(definition, Stored);
        Assert.Null(result.Error?.Message);
        return result.Plan!;
    }

    public static Prism.Grains.Interfaces.Chat.ChatError Refuse(string json, ChainOptions? options = null)
    {
        var result = Planner(options).Plan(Parse(json), Stored);
        Assert.NotNull(result.Error);
        Assert.Null(result.Plan);
        return result.Error;
    }

    /// <summary>Which step needs which, by their names: <c>b:a,c</c>.</summary>
    public static string NeedsOf(ChainPlan plan) => string.Join(' ', plan.Steps.Select(step =>
        $"{step.Name}:{string.Join(',', step.Needs.Select(need => plan.Steps[need].Name))}"));
}
