namespace Prism.Providers;

/// <summary>The providers that need no declaration, with their defaults.</summary>
public static class BuiltInProviders
{
    /// <summary>The provider that needs nothing.</summary>
    public const string Echo = "echo";

    /// <summary>A fresh set of them, by name (upper and lower case are the same).</summary>
    public static Dictionary<string, ProviderOptions> CreateAll() => new(StringComparer.OrdinalIgnoreCase)
    {
        ["openai"] = new() { Type = ProviderType.OpenAi, BaseUrl = DefaultBaseUrl(ProviderType.OpenAi), DefaultModel = "gpt-4o-mini" },
        ["anthropic"] = new()
        {
            Type = ProviderType.Anthropic,
            BaseUrl = DefaultBaseUrl(ProviderType.Anthropic),
            DefaultModel = "claude-sonnet-4-5-20250929",
        },
        ["ollama"] = new()
        {
            Type = ProviderType.Ollama,
            BaseUrl = DefaultBaseUrl(ProviderType.Ollama),
            DefaultModel = "llama3.1",
            Timeout = TimeSpan.FromSeconds(120),
        },
        [Echo] = new() { Type = ProviderType.Echo, DefaultModel = "echo-v1" },
    };

    /// <summary>Where a provider of this type is when nothing else is said; null for echo.</summary>
    public static string? DefaultBaseUrl(ProviderType type) => type switch
    {
        ProviderType.OpenAi => "https://api.openai.com/v1",
        ProviderType.Anthropic => "https://api.anthropic.com",
        ProviderType.Ollama => "http://ollama-bridge.prism.svc.cluster.local:4010",
        _ => null,
    };

    /// <summary>
    /// What a provider lacks before it can be used, or null. A vendor's own service needs a key; another server at an address of the
    /// operator's choice may not.
    /// </summary>
    public static string? FindMissing(ProviderOptions options) =>
        options.Type is ProviderType.OpenAi or ProviderType.Anthropic
        && options.ApiKeys.IsEmpty
        && options.BaseUrls.Contains(DefaultBaseUrl(options.Type.Value)!)
            ? options.VariablePrefix + "_API_KEY"
            : null;
}
