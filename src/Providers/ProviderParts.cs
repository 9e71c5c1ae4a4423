using Microsoft.Extensions.DependencyInjection;
using Prism.Formats.Anthropic.Messages;
using Prism.Formats.Conversions;
using Prism.Formats.Ollama;
using Prism.Formats.OpenAi.Chat;
using Prism.Providers.Addressing;
using Prism.Providers.Authentication;
using Prism.Providers.Definitions;
using Prism.Providers.Upstream;

namespace Prism.Providers;

/// <summary>The parts of providers, by their names in definitions.</summary>
internal static class ProviderParts
{
    /// <summary>Adds all parts.</summary>
    public static IServiceCollection AddProviderParts(this IServiceCollection services) => services
        .AddDialect(PartNames.OpenAiChat, options =>
            new(new OpenAiRequestWriter(), new OpenAiAnswerReader(new UpstreamErrors(options))) { IdempotencyHeader = "Idempotency-Key", PassesBytes = true })
        .AddDialect(PartNames.AnthropicMessages, options => new(
            new OpenAiChatToAnthropicMessages(options.Name, options.DefaultMaxTokens),
            new AnthropicAnswerReader(new UpstreamErrors(options))))
        .AddDialect(PartNames.Ollama, options =>
            new(new OpenAiChatToOllama(options.Name), new OllamaAnswerReader(new UpstreamErrors(options))))
        .AddKeyedSingleton<IAuthentication, BearerAuthentication>(PartNames.Bearer)
        .AddKeyedSingleton<IAuthentication, AnthropicAuthentication>(PartNames.AnthropicKey)
        .AddKeyedSingleton<IAddressing>(PartNames.OpenAiChat, new FixedPath("chat/completions"))
        .AddKeyedSingleton<IAddressing>(PartNames.AnthropicMessages, new FixedPath("messages", version: "v1"))
        .AddKeyedSingleton<IAddressing>(PartNames.Ollama, new FixedPath("api/chat"));

    private static IServiceCollection AddDialect(this IServiceCollection services, string name, DialectFactory create) =>
        services.AddKeyedSingleton(name, create);
}
