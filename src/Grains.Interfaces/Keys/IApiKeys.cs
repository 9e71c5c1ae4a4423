using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Keys;

/// <summary>The keys that Prism has made, as this silo knows them: a key that is in use costs no network hop.</summary>
public interface IApiKeys
{
    /// <summary>Whose key it is. That it is nobody's any more is known on every silo within a second.</summary>
    /// <param name="sha256">The hash of the key.</param>
    /// <param name="cancellationToken">The caller left.</param>
    ValueTask<ApiKeyFinding> FindAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken);
}

/// <summary>What is known of a key. Both are null where it opens nothing: unknown, revoked or expired.</summary>
/// <param name="Key">The key.</param>
/// <param name="Error">Why it cannot be said.</param>
public readonly record struct ApiKeyFinding(ApiKey? Key, ChatError? Error);
