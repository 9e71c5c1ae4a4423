namespace Prism.Providers;

/// <summary>The providers that need no declaration, with their defaults.</summary>
public static class BuiltInProviders
{
    /// <summary>The provider that needs no configuration.</summary>
    public const string Echo = "echo";

    /// <summary>A new set of the built-in providers, by name (case-insensitive).</summary>
    public static Dictionary<string, ProviderOptions> CreateAll() => new(StringComparer.OrdinalIgnoreCase)
    {
        ["openai"] = new() { Type = ProviderType.OpenAi, BaseUrl = ProviderType.OpenAi.VendorUrl, DefaultModel = "gpt-4o-mini" },
        ["anthropic"] = new()
        {
            Type = ProviderType.Anthropic,
            BaseUrl = ProviderType.Anthropic.VendorUrl,
            DefaultModel = "claude-sonnet-4-5-20250929",
        },
        ["ollama"] = new()
        {
            Type = ProviderType.Ollama,
            BaseUrl = "http://ollama-bridge.prism.svc.cluster.local:4010",
            DefaultModel = "llama3.1",
            Timeout = TimeSpan.FromSeconds(120),
        },
        [Echo] = new() { Type = ProviderType.Echo, DefaultModel = "echo-v1" },
    };
}
