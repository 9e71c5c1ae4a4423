namespace Prism.Gateway.Auth;

/// <summary>Who may use the API. Bound from <c>Prism:Auth</c>. With neither key, everybody may.</summary>
public sealed class AuthOptions
{
    /// <summary>The key that may do everything. Default: none, and nobody may do what takes it.</summary>
    public string? AdminApiKey { get; set; }

    /// <summary>Keys without limits and without names, for as long as they are configured. Default: none.</summary>
    public IReadOnlyList<string> ApiKeys { get; set; } = [];
}
