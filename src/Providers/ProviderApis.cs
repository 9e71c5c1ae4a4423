using Prism.Formats.Anthropic.Messages;
using Prism.Formats.Conversions;
using Prism.Formats.Ollama;
using Prism.Formats.OpenAi.Chat;
using Prism.Providers.Addressing;
using Prism.Providers.Authentication;
using Prism.Providers.Upstream;

namespace Prism.Providers;

/// <summary>The APIs that Prism speaks to providers.</summary>
internal static class ProviderApis
{
    /// <summary>OpenAI's chat completions, as many others speak them.</summary>
    public static ProviderApi OpenAi(ProviderOptions options) => new(
        new(new OpenAiRequestWriter(), new OpenAiAnswerReader(new UpstreamErrors(options))) { IdempotencyHeader = "Idempotency-Key" },
        new BearerAuthentication(),
        new FixedPath("chat/completions"));

    /// <summary>Anthropic's messages.</summary>
    public static ProviderApi Anthropic(ProviderOptions options) => new(
        new(
            new OpenAiChatToAnthropicMessages(options.Name, options.DefaultMaxTokens),
            new AnthropicAnswerReader(new UpstreamErrors(options))),
        new AnthropicAuthentication(),
        new FixedPath("messages", version: "v1"));

    /// <summary>Ollama's chat. A server of one's own takes no key; Ollama's cloud and proxies in front of a server do.</summary>
    public static ProviderApi Ollama(ProviderOptions options) => new(
        new(new OpenAiChatToOllama(options.Name), new OllamaAnswerReader(new UpstreamErrors(options))),
        new BearerAuthentication(),
        new FixedPath("api/chat"));
}
