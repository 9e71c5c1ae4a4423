using System.Collections.Immutable;

namespace Prism.Providers;

/// <summary>The configured providers, by name. Immutable.</summary>
public sealed class ProviderRegistry : IProviderSource
{
    private readonly Dictionary<string, IChatProvider> _byName;

    /// <summary>Providers under the names of their options, one of which is the default, and some of which others fall back on.</summary>
    public ProviderRegistry(string defaultName, ImmutableArray<IChatProvider> providers, ImmutableArray<string> fallbacks = default)
    {
        All = providers;
        _byName = providers.ToDictionary(provider => provider.Options.Name, StringComparer.OrdinalIgnoreCase);
        Default = _byName[defaultName];
        Fallbacks = fallbacks.IsDefault ? [] : [.. fallbacks.Select(name => _byName[name])];
    }

    /// <summary>All of them, those that lack a key included.</summary>
    public ImmutableArray<IChatProvider> All { get; }

    /// <summary>The provider of a request that names none.</summary>
    public IChatProvider Default { get; }

    /// <summary>The providers that are called, in this order, where one fails, unless the request names its own.</summary>
    public ImmutableArray<IChatProvider> Fallbacks { get; }

    /// <summary>The names of all of them, for messages.</summary>
    public string Names => string.Join(", ", All.Select(provider => provider.Options.Name));

    /// <summary>These: it is a source that never changes, too.</summary>
    ProviderRegistry IProviderSource.Current => this;

    /// <summary>The provider of this name (upper and lower case are the same), or null.</summary>
    public IChatProvider? Find(string name) => _byName.GetValueOrDefault(name);
}
