namespace Prism.Providers;

/// <summary>The currently configured providers. A call reads them once and keeps those with which it began.</summary>
public interface IProviderSource
{
    /// <summary>The providers of the current configuration.</summary>
    ProviderRegistry Current { get; }
}
