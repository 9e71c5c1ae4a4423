using System.Collections.Immutable;
using System.Globalization;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Pipeline.Routing;

/// <summary>The targets that are called if a provider fails: those that the request names, or the configured ones.</summary>
internal static class FallbackRoutes
{
    // The client waits for the attempts of each fallback.
    private const int MaxFallbacks = 8;

    /// <summary>The fallbacks of a request, or the fault in its own ones, by its path: <c>fallbacks[1]</c>.</summary>
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

            // Retries already call the same target again.
            if (fallback != first && !fallbacks.Contains(fallback))
            {
                fallbacks.Add(fallback);
            }
        }

        return (fallbacks.DrainToImmutable(), null);
    }

    // Excludes the failing provider.
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

        // A provider's name has no slash; a model's name may.
        var slash = entry.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? entry : entry[..slash];
        return providers.Find(name) is not { } provider
            ? (default, ChatError.Invalid(
                $"'{param}' must begin with a provider, and '{name}' is unknown; known providers: {providers.Names}.", param, "provider_not_found"))
            : provider.Options.Missing is not null
                ? (default, ChatError.Invalid(
                    $"'{param}': provider '{provider.Options.Name}' is not configured here: it has no API key.", param, "provider_not_configured"))
                : (ChatTarget.Of(provider, slash < 0 ? null : entry[(slash + 1)..]), null);
    }
}
