using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Keys;
using Prism.Providers;

namespace Prism.Pipeline.Admission;

/// <summary>The providers and models that a key may call.</summary>
internal sealed class KeyTargets(IProviderSource providers) : IKeyTargets
{
    // Other parameters than 'model' that name a model, as routers behind an OpenAI-type provider accept them. Prism does not check the models in
    // them.
    private static readonly FrozenSet<string> NamingModels = FrozenSet.Create(
        "models", "model_id", "model_name", "model_list", "fallback_models", "deployment", "deployment_id", "engine", "preset", "route", "router",
        "extra_body");

    /// <summary>The error for the first target that the key may not call: first the requested one, then the named fallbacks.</summary>
    public static ChatError? FindObstacle(ApiKeyTerms terms, ChatCall call)
    {
        var known = call.Snapshot.Providers;
        var fallbacks = call.Plan.Fallbacks;
        var refused = FindObstacle(terms, call.Route.Provider, call.Route.Model, known) ?? FindOtherModel(terms, call.Request);
        // Configured fallbacks are only skipped.
        for (var i = 0; refused is null && call.Request.Fallbacks is not null && i < fallbacks.Length; i++)
        {
            refused = FindObstacle(terms, fallbacks[i].Provider.Options.Name, fallbacks[i].Model, known);
            refused = refused is null ? null : refused with { Param = "fallbacks" };
        }

        return refused;
    }

    public bool Allow(ApiKeyTerms terms, string provider, string model) => FindObstacle(terms, provider, model, providers.Current) is null;

    /// <summary>The call with only the fallbacks that its key may call.</summary>
    public static ChatCall WithAllowed(ApiKeyTerms terms, ChatCall call) =>
        call.Plan.Fallbacks.IsEmpty || (terms.Providers is null && terms.Models is null) ? call : WithAllowedFallbacks(terms, call);

    private static ChatCall WithAllowedFallbacks(ApiKeyTerms terms, ChatCall call)
    {
        var known = call.Snapshot.Providers;
        var allowed = call.Plan.Fallbacks.RemoveAll(target => FindObstacle(terms, target.Provider.Options.Name, target.Model, known) is not null);
        return call with { Plan = call.Plan with { Fallbacks = allowed } };
    }

    private static ChatError? FindObstacle(ApiKeyTerms terms, string provider, string model, ProviderRegistry known) =>
        terms.Providers is { } allowed && !allowed.Contains(provider) ? ApiKeyErrors.Provider(provider)
        : terms.Models is { } models && !Covers(models, provider, model, known) ? ApiKeyErrors.Model(model)
        : null;

    private static ChatError? FindOtherModel(ApiKeyTerms terms, CallRequest request)
    {
        if (request.IsPlain || (terms.Models is null && terms.BudgetUsdPerMonth is null))
        {
            return null;
        }

        foreach (var (name, value) in request.Canonical.Extra ?? [])
        {
            if (value.ValueKind != JsonValueKind.Null && NamingModels.Contains(ChatNames.Fold(name)))
            {
                return ApiKeyErrors.OtherModel(name);
            }
        }

        return null;
    }

    private static bool Covers(ImmutableArray<string> patterns, string provider, string model, ProviderRegistry known)
    {
        foreach (var pattern in patterns)
        {
            if (Covers(pattern, provider, model, known))
            {
                return true;
            }
        }

        return false;
    }

    // If 'up' is a provider, 'up/exact' is only model 'exact' of provider 'up'. Other models have slashes too (meta-llama/Llama-3.1-8B), and mean the
    // same at each provider.
    private static bool Covers(string pattern, string provider, string model, ProviderRegistry known)
    {
        var slash = pattern.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && known.Find(pattern[..slash]) is { } named
            ? named.Options.Name == provider && IsMatch(pattern.AsSpan(slash + 1), model)
            : IsMatch(pattern, model);
    }

    private static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> model) =>
        pattern.EndsWith("*") ? model.StartsWith(pattern[..^1], StringComparison.Ordinal) : model.SequenceEqual(pattern);
}
