using System.Collections.Concurrent;
using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Providers;
using Prism.Providers;

namespace Prism.Grains.Providers;

/// <summary>The configured providers, and how each last did on this silo.</summary>
internal sealed class ProviderCatalog(IProviderSource providers, TimeProvider time) : IProviderCatalog
{
    private readonly ConcurrentDictionary<string, ProviderLastOutcome> _outcomes = new();

    public string Default => providers.Current.Default.Options.Name;

    public ImmutableArray<ProviderStatus> GetStatus() => [.. providers.Current.All.Select(provider => StatusOf(provider.Options))];

    /// <summary>A call to a provider has ended.</summary>
    public void OnOutcome(string provider, ChatErrorKind? error) =>
        _outcomes[provider] = new() { At = time.GetUtcNow(), Error = error };

    private ProviderStatus StatusOf(ProviderOptions options) => new()
    {
        Name = options.Name,
        Type = options.Type!.Name,
        BaseUrl = options.BaseUrl is null ? null : string.Join(',', options.BaseUrls.Select(url => WithoutSecrets(new(url)))),
        DefaultModel = options.DefaultModel,
        Models = [.. options.Models.Prepend(options.DefaultModel).Distinct()],
        Missing = options.Missing,
        LastOutcome = _outcomes.GetValueOrDefault(options.Name),
    };

    private static string WithoutSecrets(Uri url) =>
        url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
}
