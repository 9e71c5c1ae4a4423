using Prism.Grains.Interfaces.Keys;

namespace Prism.Tests;

/// <summary>The keys that a test says there are.</summary>
internal sealed class ScriptedKeys : IApiKeys
{
    private readonly Dictionary<string, ApiKeyFinding> _keys = [];

    /// <summary>How often it was asked.</summary>
    public int Asked { get; private set; }

    /// <summary>What every other key comes to.</summary>
    public ApiKeyFinding Unknown { get; set; }

    public void Add(byte[] sha256, ApiKey key) => _keys[Convert.ToHexString(sha256)] = new(key, null);

    public async ValueTask<ApiKeyFinding> FindAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
    {
        Asked++;
        await Task.Yield();
        return _keys.GetValueOrDefault(Convert.ToHexString(sha256.Span), Unknown);
    }
}

/// <summary>Admits what is no chat, unless a test says otherwise.</summary>
internal sealed class ScriptedKeyRequests : IKeyRequests
{
    public KeyRequest Next { get; set; }

    public string? LastOwner { get; private set; }

    public ValueTask<KeyRequest> AdmitAsync(string owner, CancellationToken cancellationToken)
    {
        LastOwner = owner;
        return new(Next);
    }
}

/// <summary>Allows what the terms say to the letter.</summary>
internal sealed class ScriptedTargets : IKeyTargets
{
    public bool Allow(ApiKeyTerms terms, string provider, string model) =>
        terms.Providers?.Contains(provider) != false && terms.Models?.Contains(model) != false;
}
