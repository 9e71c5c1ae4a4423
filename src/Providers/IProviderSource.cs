namespace Prism.Providers;

/// <summary>The providers as they are configured now. A call does not ask it twice: it keeps those that it began with.</summary>
public interface IProviderSource
{
    /// <summary>The providers of the current configuration.</summary>
    ProviderRegistry Current { get; }
}
