using System.Collections.Immutable;

namespace Prism.Providers;

/// <summary>The configured providers, by name. Immutable.</summary>
public sealed class ProviderRegistry : IProviderSource
{
    private readonly Dictionary<string, IChatProvider> _byName;

    /// <summary>Providers by the names in their options, with the default one and the fallbacks.</summary>
    public ProviderRegistry(string defaultName, ImmutableArray<IChatProvider> providers, ImmutableArray<string> fallbacks = default)
    {
        All = providers;
        _byName = providers.ToDictionary(provider => provider.Options.Name, StringComparer.OrdinalIgnoreCase);
        Default = _byName[defaultName];
        Fallbacks = fallbacks.IsDefault ? [] : [.. fallbacks.Select(name => _byName[name])];
    }

    /// <summary>All providers, including those that lack a key.</summary>
    public ImmutableArray<IChatProvider> All { get; }

    /// <summary>The provider of a request that names none.</summary>
    public IChatProvider Default { get; }

    /// <summary>The providers that are called, in this order, if one fails, unless the request names its own fallbacks.</summary>
    public ImmutableArray<IChatProvider> Fallbacks { get; }

    /// <summary>The names of all providers, for messages.</summary>
    public string Names => string.Join(", ", All.Select(provider => provider.Options.Name));

    /// <summary>This registry: a source that never changes.</summary>
    ProviderRegistry IProviderSource.Current => this;

    /// <summary>The provider of this name (case-insensitive), or null.</summary>
    public IChatProvider? Find(string name) => _byName.GetValueOrDefault(name);
}
