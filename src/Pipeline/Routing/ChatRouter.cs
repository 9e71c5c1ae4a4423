using System.Collections.Immutable;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Pipeline.Routing;

/// <summary>
/// Plans the targets of a call. The first is the provider that the request names, or the one in the prefix of the model's name, or the default.
/// </summary>
/// <param name="random">Decides between targets of the same order.</param>
internal sealed class ChatRouter(Random random)
{
    /// <summary>The call to make, or the reason that there is none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="snapshot">The configuration of the call.</param>
    public (ChatCall Call, ChatError? Error) Route(CallRequest request, GatewaySnapshot snapshot)
    {
        var providers = snapshot.Providers;
        var (provider, model) = Choose(request, providers);
        if (provider is null)
        {
            return (default, ChatError.Invalid(
                $"Unknown provider '{request.Provider}'; known providers: {providers.Names}.", "provider", "provider_not_found"));
        }

        if (provider.Options.Missing is not null)
        {
            return (default, ChatError.Invalid(
                $"Provider '{provider.Options.Name}' is not configured here: it has no API key.", "provider", "provider_not_configured"));
        }

        var target = ChatTarget.Of(provider, model);
        var (fallbacks, error) = FallbackRoutes.Of(request, target, providers);
        var plan = PlanOf(target, fallbacks);
        var call = new ChatCall(plan.First.Provider, request.At(plan.First.Model), plan.First.ToRoute()) { Plan = plan, Snapshot = snapshot };
        return (error is null ? call : default, error);
    }

    // Each target has its own order: no setting names several targets of one order yet.
    private RoutePlan PlanOf(ChatTarget target, ImmutableArray<ChatTarget> fallbacks) => fallbacks.IsEmpty
        ? new(target)
        : RoutePlan.Of([new(target, 0), .. fallbacks.Select((fallback, index) => new RouteTarget(fallback, index + 1))], random);

    private static (IChatProvider? Provider, string? Model) Choose(CallRequest request, ProviderRegistry providers)
    {
        var model = request.Model;
        // Only a configured name is a prefix: other vendors' model names may have slashes (meta-llama/Llama-3.1-8B).
        var slash = model?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        var prefix = slash > 0 ? providers.Find(model![..slash]) : null;
        if (request.Provider is not { } name)
        {
            return prefix is null ? (providers.Default, model) : (prefix, model![(slash + 1)..]);
        }

        var provider = providers.Find(name);
        return (provider, provider is not null && provider == prefix ? model![(slash + 1)..] : model);
    }
}
