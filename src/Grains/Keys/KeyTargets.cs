using System.Collections.Immutable;
using Prism.Chat;
using Prism.Routing;

namespace Prism.Keys;

/// <summary>Whom a key may call, and for which models.</summary>
internal static class KeyTargets
{
    /// <summary>What a call asks for that its key may not have: first who is asked, then who is named as a fallback.</summary>
    public static ChatError? FindObstacle(ApiKeyTerms terms, ChatCall call)
    {
        var refused = FindObstacle(terms, call.Route.Provider, call.Route.Model);
        // Those that the caller does not name itself are only passed over.
        for (var i = 0; refused is null && call.Request.Fallbacks is not null && i < call.Fallbacks.Length; i++)
        {
            refused = FindObstacle(terms, call.Fallbacks[i].Provider.Options.Name, call.Fallbacks[i].Model);
            refused = refused is null ? null : refused with { Param = "fallbacks" };
        }

        return refused;
    }

    /// <summary>Those that the key may call.</summary>
    public static ImmutableArray<ChatTarget> Allowed(ApiKeyTerms terms, ImmutableArray<ChatTarget> targets) =>
        targets.IsEmpty || (terms.Providers is null && terms.Models is null)
            ? targets
            : targets.RemoveAll(target => FindObstacle(terms, target.Provider.Options.Name, target.Model) is not null);

    private static ChatError? FindObstacle(ApiKeyTerms terms, string provider, string model) =>
        terms.Providers is { } providers && !providers.Contains(provider) ? ApiKeyErrors.Provider(provider)
        : terms.Models is { } models && !models.Any(allowed => Covers(allowed, provider, model)) ? ApiKeyErrors.Model(model)
        : null;

    private static bool Covers(string allowed, string provider, string model) =>
        IsMatch(allowed, model)
        || (allowed.StartsWith(provider, StringComparison.Ordinal)
            && allowed.Length > provider.Length
            && allowed[provider.Length] == '/'
            && IsMatch(allowed.AsSpan(provider.Length + 1), model));

    private static bool IsMatch(ReadOnlySpan<char> allowed, ReadOnlySpan<char> model) =>
        allowed.EndsWith("*") ? model.StartsWith(allowed[..^1], StringComparison.Ordinal) : model.SequenceEqual(allowed);
}
