using System.Collections.Immutable;
using System.Globalization;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Pipeline.Routing;

/// <summary>The targets that are called where a provider fails: those that the request names, else those that are configured.</summary>
internal static class FallbackRoutes
{
    // Each costs its attempts before the client hears of it.
    private const int MaxFallbacks = 8;

    /// <summary>The fallbacks of a request, or what of its own cannot be right, by its place: <c>fallbacks[1]</c>.</summary>
    public static (ImmutableArray<ChatTarget> Fallbacks, ChatError? Error) Of(CallRequest request, ChatTarget first, ProviderRegistry providers)
    {
        if (request.Fallbacks is not { } named)
        {
            return (Configured(first.Provider, providers), null);
        }

        if (named.Length > MaxFallbacks)
        {
            return ([], ChatError.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"'fallbacks' must have at most {MaxFallbacks} entries."), "fallbacks"));
        }

        var fallbacks = ImmutableArray.CreateBuilder<ChatTarget>(named.Length);
        for (var i = 0; i < named.Length; i++)
        {
            var (fallback, error) = Read(named[i], i, providers);
            if (error is not null)
            {
                return ([], error);
            }

            // To ask twice for the same is what retries are for.
            if (fallback != first && !fallbacks.Contains(fallback))
            {
                fallbacks.Add(fallback);
            }
        }

        return (fallbacks.DrainToImmutable(), null);
    }

    // The provider that fails is not among them.
    private static ImmutableArray<ChatTarget> Configured(IChatProvider first, ProviderRegistry providers) => providers.Fallbacks.IsEmpty
        ? []
        : [.. providers.Fallbacks.Where(fallback => fallback != first).Select(fallback => ChatTarget.Of(fallback))];

    private static (ChatTarget Fallback, ChatError? Error) Read(string? entry, int index, ProviderRegistry providers)
    {
        var param = string.Create(CultureInfo.InvariantCulture, $"fallbacks[{index}]");
        if (string.IsNullOrEmpty(entry) || entry.Length > ChatRequestValidator.MaxModelLength)
        {
            return (default, ChatError.Invalid($"'{param}' must be 'provider/model', or 'provider' for its default model.", param));
        }

        // A provider's own name has no slash; what comes after the first one may.
        var slash = entry.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? entry : entry[..slash];
        return providers.Find(name) is not { } provider
            ? (default, ChatError.Invalid(
                $"'{param}' must begin with a provider, and there is no '{name}'; there are {providers.Names}.", param, "provider_not_found"))
            : provider.Options.Missing is not null
                ? (default, ChatError.Invalid(
                    $"'{param}': provider '{provider.Options.Name}' is not configured here: it has no API key.", param, "provider_not_configured"))
                : (ChatTarget.Of(provider, slash < 0 ? null : entry[(slash + 1)..]), null);
    }
}
