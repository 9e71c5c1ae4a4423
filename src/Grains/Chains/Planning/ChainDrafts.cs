using System.Text.Json;
using Prism.Formats.Prism.Chains;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Planning;

/// <summary>Reads chains from drafts, or returns the errors in them.</summary>
internal sealed class ChainDrafts(ChainPlanner planner, ITemplateRunner runner, IPromptTemplates templates)
{
    private const int LongestDescription = 1_000;

    private const int MostBytes = 1024 * 1024;

    /// <summary>The chain, whose version is still to be set, or why it is none.</summary>
    public async Task<(StoredChain? Chain, ChatError? Error)> ReadAsync(string owner, string name, ChainDraft draft)
    {
        if ((StoredName.Check("chain", name) ?? CheckSizes(draft)) is { } refused)
        {
            return (null, refused);
        }

        var stored = new Dictionary<string, PromptTemplate>(StringComparer.Ordinal);
        foreach (var used in ChainPlanner.StoredTemplatesOf(draft.Definition))
        {
            var found = await templates.FindAsync(owner, used, CancellationToken.None);
            if (found.Template is { } template)
            {
                stored.Add(used, template);
            }
            else if (found.Error is { Kind: not ChatErrorKind.NotFound } unavailable)
            {
                return (null, unavailable);
            }
        }

        var result = await runner.RunAsync(Owners.Of(owner), _ => planner.PlanWithoutInputs(draft.Definition, stored), CancellationToken.None);
        if (result.Plan is not { } plan)
        {
            return (null, result.Error);
        }

        return draft.Variables is { } told && !told.ToHashSet().SetEquals(plan.Open)
            ? (null, ChainErrors.WrongVariables(plan.Open))
            : (new() { Summary = Describe(name, draft, plan), Definition = draft.Definition }, null);
    }

    /// <summary>Whether two chains differ in nothing but their versions.</summary>
    public static bool AreSame(StoredChain one, StoredChain other) =>
        one.Summary.Description == other.Summary.Description && JsonOf(one).AsSpan().SequenceEqual(JsonOf(other));

    private static ChainSummary Describe(string name, ChainDraft draft, ChainPlan plan) =>
        new() { Name = name, Version = 0, Description = draft.Description ?? "", Variables = plan.Open };

    private static ChatError? CheckSizes(ChainDraft draft)
    {
        if (draft.Description is { Length: > LongestDescription })
        {
            return ChatError.Invalid($"'description' is longer than {LongestDescription:N0} characters.", "description", "too_long");
        }

        return ChainInputs.SizeOf(draft.Definition) switch
        {
            null => ChainErrors.NotText(),
            > MostBytes and var bytes => ChainErrors.ChainTooLarge(bytes, MostBytes),
            _ => null,
        };
    }

    private static byte[] JsonOf(StoredChain chain) => JsonSerializer.SerializeToUtf8Bytes(chain.Definition, ChainJson.Lenient.ChainDefinition);
}
