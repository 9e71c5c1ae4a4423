using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Keys;

/// <summary>The keys that Prism has made, as this silo knows them: a key that is in use costs no network hop.</summary>
public interface IApiKeys
{
    /// <summary>Finds a key. A revocation is known on every silo within a second.</summary>
    /// <param name="sha256">The hash of the key.</param>
    /// <param name="cancellationToken">The caller left.</param>
    ValueTask<ApiKeyFinding> FindAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken);
}

/// <summary>The result for a key. Both are null if the key is unknown, revoked or expired.</summary>
/// <param name="Key">The key.</param>
/// <param name="Error">The failure that left the key unchecked.</param>
public readonly record struct ApiKeyFinding(ApiKey? Key, ChatError? Error);
