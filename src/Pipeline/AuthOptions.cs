namespace Prism.Pipeline;

/// <summary>The keys of the API. Bound from <c>Prism:Auth</c>. Without any key, the API is open.</summary>
public sealed class AuthOptions
{
    /// <summary>The key with full access. Default: none, and endpoints that need it are closed.</summary>
    public string? AdminApiKey { get; set; }

    /// <summary>Keys without limits and without names, for as long as they are configured. Default: none.</summary>
    public IReadOnlyList<string> ApiKeys { get; set; } = [];
}
