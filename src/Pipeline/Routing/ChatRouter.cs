using System.Collections.Immutable;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Pipeline.Routing;

/// <summary>
/// Plans the targets of a call. The first is the provider that the request names, else the one in front of the model's name, else the default.
/// </summary>
/// <param name="random">Decides between targets of the same order.</param>
internal sealed class ChatRouter(Random random)
{
    /// <summary>The call that is to be made, or why there is none.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="snapshot">The configuration that the call goes by.</param>
    public (ChatCall Call, ChatError? Error) Route(CallRequest request, GatewaySnapshot snapshot)
    {
        var providers = snapshot.Providers;
        var (provider, model) = Choose(request, providers);
        if (provider is null)
        {
            return (default, ChatError.Invalid(
                $"Unknown provider '{request.Provider}'; there are {providers.Names}.", "provider", "provider_not_found"));
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

    // One target of each order: nothing names targets of the same order yet.
    private RoutePlan PlanOf(ChatTarget target, ImmutableArray<ChatTarget> fallbacks) => fallbacks.IsEmpty
        ? new(target)
        : RoutePlan.Of([new(target, 0), .. fallbacks.Select((fallback, index) => new RouteTarget(fallback, index + 1))], random);

    private static (IChatProvider? Provider, string? Model) Choose(CallRequest request, ProviderRegistry providers)
    {
        var model = request.Model;
        // Only a configured name is a prefix: models of other vendors have slashes of their own (meta-llama/Llama-3.1-8B).
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
