namespace Prism.Grains.Interfaces.Breakers;

/// <summary>What keeps a provider from being called although it is configured: its own word after a 429, and circuits.</summary>
public interface IProviderHolds
{
    /// <summary>Lifts all of it, on all silos: the next request goes to the provider. Where that fails again, the provider is held back again.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <returns>False: there is no such provider.</returns>
    Task<bool> LiftAsync(string provider);
}
