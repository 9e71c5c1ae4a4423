using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Pipeline.Routing;

/// <summary>
/// Chooses the provider and its model: the provider that the request names, else the one in front of the model's name, else the default.
/// </summary>
internal sealed class ChatRouter(ProviderRegistry providers)
{
    private readonly FallbackRoutes _fallbacks = new(providers);

    /// <summary>The call that is to be made, or why there is none.</summary>
    public (ChatCall Call, ChatError? Error) Route(CallRequest request)
    {
        var (provider, model) = Choose(request);
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
        var (fallbacks, error) = _fallbacks.Of(request, target);
        var call = new ChatCall(provider, request.At(target.Model), target.ToRoute()) { Fallbacks = fallbacks };
        return (error is null ? call : default, error);
    }

    private (IChatProvider? Provider, string? Model) Choose(CallRequest request)
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
