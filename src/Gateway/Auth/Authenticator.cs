using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Prism.Gateway.Keys;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Keys;

namespace Prism.Gateway.Auth;

/// <summary>Knows callers by their keys. Only hashes of keys are kept and compared, in a time that does not depend on which key it is.</summary>
internal sealed class Authenticator
{
    /// <summary>The longest key, in bytes.</summary>
    public const int LongestKey = 512;

    private readonly ImmutableArray<(byte[] Hash, Caller Caller)> _configured;

    private readonly IApiKeys _keys;

    public Authenticator(IOptions<AuthOptions> options, IApiKeys issued)
    {
        _keys = issued;
        var keys = options.Value.ApiKeys.Select(key => (Hash: IssuedKey.HashOf(key), key));
        _configured = [.. keys.Select(key => (key.Hash, new Caller(Owners.StaticKey(key.Hash), AccessLevel.Key)))];
        if (options.Value.AdminApiKey is { } admin)
        {
            _configured = _configured.Add((IssuedKey.HashOf(admin), Caller.Admin));
        }
    }

    /// <summary>Whether a key is needed at all.</summary>
    public bool IsOn => !_configured.IsEmpty;

    /// <summary>Whose key it is; neither caller nor error where it is nobody's.</summary>
    /// <param name="key">What the request brings.</param>
    /// <param name="cancellationToken">The client left.</param>
    public ValueTask<Authentication> AuthenticateAsync(string key, CancellationToken cancellationToken)
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

        var finding = _keys.FindAsync(hash, cancellationToken);
        return finding.IsCompletedSuccessfully ? new(Identify(finding.Result)) : IdentifyLaterAsync(finding);
    }

    private static async ValueTask<Authentication> IdentifyLaterAsync(ValueTask<ApiKeyFinding> finding) => Identify(await finding);

    private static Authentication Identify(ApiKeyFinding finding) => new(
        finding.Key is { } key ? new Caller(key.Id, AccessLevel.Key, key.Terms) : null, finding.Error);

    // All are compared, whichever it is.
    private Caller? FindConfigured(ReadOnlySpan<byte> hash)
    {
        Caller? found = null;
        foreach (var (configured, caller) in _configured)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, configured) ? caller : found;
        }

        return found;
    }
}

/// <summary>What came of a key: both are null where it is nobody's.</summary>
/// <param name="Caller">Whose it is.</param>
/// <param name="Error">Why it cannot be said.</param>
internal readonly record struct Authentication(Caller? Caller, ChatError? Error);
