namespace Prism.Grains.Interfaces.Keys;

/// <summary>Which models a key may call.</summary>
public interface IKeyTargets
{
    /// <summary>Whether a key's terms allow a model of a provider.</summary>
    bool Allow(ApiKeyTerms terms, string provider, string model);
}
