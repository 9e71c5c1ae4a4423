using Microsoft.Extensions.DependencyInjection;
using Prism.Formats;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers.Addressing;
using Prism.Providers.Authentication;

namespace Prism.Providers;

/// <summary>What one provider's API is made of.</summary>
/// <param name="Dialect">How requests are written and answers read.</param>
/// <param name="Authentication">Authenticates Prism to the provider.</param>
/// <param name="Addressing">Where calls go.</param>
internal sealed record ProviderApi(Dialect Dialect, IAuthentication Authentication, IAddressing Addressing)
{
    /// <summary>Puts the API of a provider together, of the parts that its definition names.</summary>
    /// <param name="options">The provider.</param>
    /// <param name="parts">Where the parts are registered.</param>
    public static ProviderApi Of(ProviderOptions options, IServiceProvider parts)
    {
        var definition = options.Type!;
        var authentication = parts.GetRequiredKeyedService<IAuthentication>(definition.Authentication);
        return new(
            parts.GetRequiredKeyedService<DialectFactory>(definition.Dialect)(options),
            options.Headers.IsEmpty ? authentication : new StaticHeaders(options.Headers, authentication),
            parts.GetRequiredKeyedService<IAddressing>(definition.Addressing));
    }
}

/// <summary>A format, and how a provider deviates from it.</summary>
/// <param name="Requests">Writes the requests.</param>
/// <param name="Answers">Reads the answers.</param>
internal sealed record Dialect(IRequestWriter Requests, IAnswerReader Answers)
{
    /// <summary>The header that carries <see cref="ChatRequest.IdempotencyKey"/>; null where the vendor has none.</summary>
    public string? IdempotencyHeader { get; init; }

    /// <summary>Whether it is OpenAI's format as it is: then the bytes of requests and answers pass.</summary>
    public bool PassesBytes { get; init; }
}

/// <summary>Makes the dialect of a provider.</summary>
internal delegate Dialect DialectFactory(ProviderOptions options);
