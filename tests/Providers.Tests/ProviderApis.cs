using Microsoft.Extensions.DependencyInjection;
using Prism.Providers;

namespace Prism.Tests;

/// <summary>The APIs of providers, as they are in the service.</summary>
internal static class ProviderApis
{
    private static readonly ServiceProvider Parts = new ServiceCollection().AddProviderParts().BuildServiceProvider();

    public static ProviderApi OpenAi(ProviderOptions options) => Of(options, ProviderType.OpenAi);

    public static ProviderApi Anthropic(ProviderOptions options) => Of(options, ProviderType.Anthropic);

    public static ProviderApi Ollama(ProviderOptions options) => Of(options, ProviderType.Ollama);

    private static ProviderApi Of(ProviderOptions options, ProviderDefinition type)
    {
        options.Type = type;
        return ProviderApi.Of(options, Parts);
    }
}
