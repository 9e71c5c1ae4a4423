namespace Prism.Providers;

/// <summary>An endpoint of a provider: an address, and the key for it.</summary>
/// <param name="baseUrl">The address, without a trailing slash.</param>
/// <param name="apiKey">The key; null for none.</param>
// No record: its ToString would print the key.
public sealed class ProviderEndpoint(string baseUrl, string? apiKey)
{
    /// <summary>The address, without a trailing slash.</summary>
    public string BaseUrl => baseUrl;

    /// <summary>The key; null for none.</summary>
    public string? ApiKey => apiKey;
}
