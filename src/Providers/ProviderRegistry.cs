using System.Collections.Immutable;

namespace Prism.Providers;

/// <summary>The configured providers, by name.</summary>
public sealed class ProviderRegistry
{
    private readonly Dictionary<string, IChatProvider> _byName;

    /// <summary>Providers under the names of their options, one of which is the default.</summary>
    public ProviderRegistry(string defaultName, ImmutableArray<IChatProvider> providers)
    {
        All = providers;
        _byName = providers.ToDictionary(provider => provider.Options.Name, StringComparer.OrdinalIgnoreCase);
        Default = _byName[defaultName];
    }

    /// <summary>All of them, those that lack a key included.</summary>
    public ImmutableArray<IChatProvider> All { get; }

    /// <summary>The provider of a request that names none.</summary>
    public IChatProvider Default { get; }

    /// <summary>The provider of this name (upper and lower case are the same), or null.</summary>
    public IChatProvider? Find(string name) => _byName.GetValueOrDefault(name);
}
