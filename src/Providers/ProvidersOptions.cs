using System.Collections.Immutable;

namespace Prism.Providers;

/// <summary>All providers. Bound from <c>Prism</c>.</summary>
public sealed class ProvidersOptions
{
    /// <summary>The provider of a request that names none. Default: <c>echo</c>.</summary>
    public string DefaultProvider { get; set; } = BuiltInProviders.Echo;

    /// <summary>The providers that are called, in this order, if a provider fails before its first token. Default: none.</summary>
    public ImmutableArray<string> FallbackProviders { get => field.IsDefault ? [] : field; set; }

    /// <summary>The providers by name, the built-in ones first.</summary>
    public Dictionary<string, ProviderOptions> Providers { get; } = BuiltInProviders.CreateAll();
}
