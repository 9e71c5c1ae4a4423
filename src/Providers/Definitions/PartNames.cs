namespace Prism.Providers.Definitions;

/// <summary>The names of the parts in definitions, as they are registered.</summary>
internal static class PartNames
{
    public const string OpenAiChat = "openai-chat";
    public const string AnthropicMessages = "anthropic-messages";
    public const string Ollama = "ollama";
    public const string Bearer = "bearer";
    public const string AnthropicKey = "x-api-key";
}
