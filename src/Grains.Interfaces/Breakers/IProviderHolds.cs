namespace Prism.Grains.Interfaces.Breakers;

/// <summary>The holds that keep a configured provider from being called: its <c>Retry-After</c> after a 429, and its circuit.</summary>
public interface IProviderHolds
{
    /// <summary>Lifts all of it, on all silos: the next request goes to the provider. Where that fails again, the provider is held back again.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <returns>False: there is no such provider.</returns>
    Task<bool> LiftAsync(string provider);
}
