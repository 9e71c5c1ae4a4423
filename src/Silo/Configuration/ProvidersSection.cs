using Microsoft.Extensions.Options;
using Prism.Providers;
using Prism.Silo.Configuration.Kinds;

namespace Prism.Silo.Configuration;

/// <summary>Reads the providers: changes the built-in ones and adds a provider for every other section.</summary>
internal sealed class ProvidersSection(IConfiguration configuration) : IConfigureOptions<ProvidersOptions>
{
    public void Configure(ProvidersOptions options)
    {
        if (configuration[Settings.DefaultProviderPath] is { Length: > 0 } defaultProvider)
        {
            options.DefaultProvider = defaultProvider.Trim();
        }

        if (ReadValue(configuration, Settings.FallbackProvidersPath) is { } fallbacks)
        {
            options.FallbackProviders = [.. ListKind.Split(fallbacks)];
        }

        foreach (var section in configuration.GetSection(Settings.ProvidersPath).GetChildren())
        {
            options.Providers.TryAdd(section.Key, new ProviderOptions());
        }

        foreach (var (name, provider) in options.Providers)
        {
            provider.Name = name;
            Configure(provider);
        }
    }

    /// <summary>A provider's value in the configuration, where a list may be one text. Null for none.</summary>
    public static string? ReadValue(IConfiguration configuration, string path)
    {
        var section = configuration.GetSection(path);
        var value = section.Value ?? string.Join(',', section.GetChildren().Select(item => item.Value));
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    private void Configure(ProviderOptions provider)
    {
        foreach (var setting in ProviderSettings.Of(provider))
        {
            // Values with problems are left out here. The validator reports them.
            if (ReadValue(configuration, setting.Of(provider).Path!) is { } value && setting.Kind.FindProblem(value) is null)
            {
                setting.Apply(provider, value);
            }
        }

        // A key without an address is for the vendor's own service.
        if (provider is { BaseUrl: null, ApiKey: not null })
        {
            provider.BaseUrl = provider.Type?.VendorUrl;
        }
    }
}
