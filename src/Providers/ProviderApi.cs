using Prism.Formats;
using Prism.Providers.Addressing;
using Prism.Providers.Authentication;

namespace Prism.Providers;

/// <summary>What one provider's API is made of.</summary>
/// <param name="Dialect">How requests are written and answers read.</param>
/// <param name="Authentication">How the provider knows who calls.</param>
/// <param name="Addressing">Where calls go.</param>
internal sealed record ProviderApi(Dialect Dialect, IAuthentication Authentication, IAddressing Addressing);

/// <summary>A format, and how a provider deviates from it.</summary>
/// <param name="Requests">Writes the requests.</param>
/// <param name="Answers">Reads the answers.</param>
internal sealed record Dialect(IRequestWriter Requests, IAnswerReader Answers)
{
    /// <summary>The header that carries <see cref="Grains.Interfaces.Chat.ChatRequest.IdempotencyKey"/>; null where the vendor has none.</summary>
    public string? IdempotencyHeader { get; init; }
}
