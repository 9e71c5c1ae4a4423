using Microsoft.Extensions.DependencyInjection;
using Prism.Formats;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers.Addressing;
using Prism.Providers.Authentication;

namespace Prism.Providers;

/// <summary>The parts of one provider's API.</summary>
/// <param name="Dialect">Writes requests and reads answers.</param>
/// <param name="Authentication">Authenticates Prism to the provider.</param>
/// <param name="Addressing">The addresses of calls.</param>
internal sealed record ProviderApi(Dialect Dialect, IAuthentication Authentication, IAddressing Addressing)
{
    /// <summary>Assembles the API of a provider from the parts that its definition names.</summary>
    /// <param name="options">The provider.</param>
    /// <param name="parts">The registered parts.</param>
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

/// <summary>A format, with a provider's deviations.</summary>
/// <param name="Requests">Writes the requests.</param>
/// <param name="Answers">Reads the answers.</param>
internal sealed record Dialect(IRequestWriter Requests, IAnswerReader Answers)
{
    /// <summary>The header that carries <see cref="ChatRequest.IdempotencyKey"/>; null if the vendor has none.</summary>
    public string? IdempotencyHeader { get; init; }

    /// <summary>Whether it is OpenAI's format without deviations: then the bytes of requests and answers pass unchanged.</summary>
    public bool PassesBytes { get; init; }
}

/// <summary>Makes the dialect of a provider.</summary>
internal delegate Dialect DialectFactory(ProviderOptions options);
