using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests;

/// <summary>How a call of a provider ended: either <see cref="Response"/> or <see cref="Error"/> is set.</summary>
internal readonly record struct ProviderResult
{
    public ChatResponse? Response { get; private init; }

    public ChatError? Error { get; private init; }

    public static implicit operator ProviderResult(ChatResponse response) => new() { Response = response };

    public static implicit operator ProviderResult(ChatError error) => new() { Error = error };
}
