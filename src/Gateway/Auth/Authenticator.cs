using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Prism.Gateway.Keys;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Keys;
using Prism.Pipeline;

namespace Prism.Gateway.Auth;

/// <summary>Finds callers by their keys. It keeps and compares only hashes of keys, in a time that does not depend on the key.</summary>
internal sealed class Authenticator(ISnapshotSource snapshots, IApiKeys issued)
{
    /// <summary>The longest key, in bytes.</summary>
    public const int LongestKey = 512;

    private ConfiguredKeys? _configured;

    /// <summary>Whether a key is needed at all.</summary>
    public bool IsOn => !FindKeys().IsEmpty;

    /// <summary>The caller with a key; neither caller nor error if the key is unknown.</summary>
    /// <param name="key">The key of the request.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    public ValueTask<Authentication> AuthenticateAsync(ReadOnlySpan<char> key, CancellationToken cancellationToken)
    {
        Span<byte> bytes = stackalloc byte[LongestKey];
        if (!Encoding.UTF8.TryGetBytes(key, bytes, out var length))
        {
            return default;
        }

        var hash = SHA256.HashData(bytes[..length]);
        if (FindConfigured(hash) is { } configured)
        {
            return new(new Authentication(configured, null));
        }

        if (!IssuedKey.IsPlausible(key))
        {
            return default;
        }

        var finding = issued.FindAsync(hash, cancellationToken);
        return finding.IsCompletedSuccessfully ? new(Identify(finding.Result)) : IdentifyLaterAsync(finding);
    }

    private static async ValueTask<Authentication> IdentifyLaterAsync(ValueTask<ApiKeyFinding> finding) => Identify(await finding);

    private static Authentication Identify(ApiKeyFinding finding) => new(
        finding.Key is { } key ? new Caller(key.Id, AccessLevel.Key, key.Terms) : null, finding.Error);

    private ImmutableArray<(byte[] Hash, Caller Caller)> FindKeys()
    {
        var auth = snapshots.Current.Auth;
        var configured = _configured;
        if (configured?.Options != auth)
        {
            // Two requests may hash them at the same time, to the same result.
            _configured = configured = new(auth);
        }

        return configured.Keys;
    }

    // All are compared, so the time does not depend on the match.
    private Caller? FindConfigured(ReadOnlySpan<byte> hash)
    {
        Caller? found = null;
        foreach (var (configured, caller) in FindKeys())
        {
            found = CryptographicOperations.FixedTimeEquals(hash, configured) ? caller : found;
        }

        return found;
    }

    private sealed class ConfiguredKeys(AuthOptions options)
    {
        public AuthOptions Options => options;

        public ImmutableArray<(byte[] Hash, Caller Caller)> Keys { get; } =
        [
            .. options.ApiKeys.Select(IssuedKey.HashOf).Select(hash => (hash, new Caller(Owners.StaticKey(hash), AccessLevel.Key))),
            .. options.AdminApiKey is { } admin ? [(IssuedKey.HashOf(admin), Caller.Admin)] : ImmutableArray<(byte[], Caller)>.Empty,
        ];
    }
}

/// <summary>The result for a key: both are null if the key is unknown.</summary>
/// <param name="Caller">The caller with the key.</param>
/// <param name="Error">The failure that left the key unchecked.</param>
internal readonly record struct Authentication(Caller? Caller, ChatError? Error);
