namespace Prism.Providers.Definitions;

/// <summary>Ollama's chat. It runs on the operator's own machines; its cloud, and proxies in front of a server, need a key.</summary>
internal static class OllamaDefinition
{
    // The highest of the models that are known to run there: Qwen's with 16,384.
    private static readonly MediaRule Media = MediaRule.Of(16_384, MediaRule.Context1M);

    public static ProviderDefinition Create() => new()
    {
        Name = "ollama",
        Dialect = PartNames.Ollama,
        Addressing = PartNames.Ollama,
        Authentication = PartNames.Bearer,
        KeyHeader = "Authorization",
        IsFree = true,
        // Its templates add a system message.
        TemplateTokens = 128,
        MediaRuleOf = _ => Media,
    };
}
