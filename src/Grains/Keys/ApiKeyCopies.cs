using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Prism.Grains.Background;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Quotas;

namespace Prism.Grains.Keys;

/// <summary>
/// This silo's copies of API keys, also of keys that do not exist. It uses them while it knows that no key has changed
/// (<see cref="ApiKeyHeartbeat"/>); otherwise it reads a key for each use, once for all requests that wait for it.
/// </summary>
internal sealed class ApiKeyCopies : IApiKeys
{
    /// <summary>The most copies, including those of keys that do not exist.</summary>
    internal const int MostKeys = 4_096;

    // Longer than a departing silo, a broken connection or a busy machine takes. No request waits for an outage to end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private static readonly ChatError Unavailable = new()
    {
        Kind = ChatErrorKind.Overloaded,
        Message = "API keys cannot be checked at the moment.",
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    private readonly SiloCache<CachedKey> _copies = new(MostKeys);
    private readonly ApiKeyStore _store;
    private readonly ApiKeyHeartbeat _heartbeat;
    private readonly TimeProvider _time;
    private readonly IClusterStorage _storage;
    private readonly FailureLog _reading;

    public ApiKeyCopies(ApiKeyStore store, ApiKeyHeartbeat heartbeat, IClusterStorage storage, TimeProvider time, ILogger<ApiKeyCopies> logger)
    {
        (_store, _heartbeat, _storage, _time) = (store, heartbeat, storage, time);
        _reading = new("Reading an API key", logger);
        heartbeat.Changed = _copies.ForgetAll;
    }

    /// <summary>The number of copies.</summary>
    internal int Count => _copies.Count;

    public ValueTask<ApiKeyFinding> FindAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
    {
        var finding = HoldAsync(GrainKeys.ApiKey(sha256.Span), cancellationToken);
        return finding.IsCompletedSuccessfully ? new(Judge(finding.Result, sha256.Span)) : JudgeLaterAsync(finding, sha256);
    }

    /// <summary>A key by its id.</summary>
    public ValueTask<LimitedKey> FindAsync(string id, CancellationToken cancellationToken)
    {
        var finding = HoldAsync(id, cancellationToken);
        return finding.IsCompletedSuccessfully ? new(Limit(finding.Result)) : LimitLaterAsync(finding);
    }

    /// <summary>A key has changed.</summary>
    public void Forget(string id) => _copies.Forget(id);

    private async ValueTask<ApiKeyFinding> JudgeLaterAsync(ValueTask<CachedKey?> finding, ReadOnlyMemory<byte> sha256) =>
        Judge(await finding, sha256.Span);

    private async ValueTask<LimitedKey> LimitLaterAsync(ValueTask<CachedKey?> finding) => Limit(await finding);

    private LimitedKey Limit(CachedKey? held) => new(Judge(held), held?.Limits ?? LimitSet.None);

    private ApiKeyFinding Judge(CachedKey? held, ReadOnlySpan<byte> sha256) =>
        // Takes the same time whether the key exists or not.
        held is null ? new(null, Unavailable)
        : CryptographicOperations.FixedTimeEquals(held.Sha256, sha256) ? Judge(held)
        : default;

    private ApiKeyFinding Judge(CachedKey? held) =>
        held is null ? new(null, Unavailable) : new(held.Key?.IsGoodAt(_time.GetUtcNow()) == true ? held.Key : null, null);

    // Null if it cannot be read.
    private ValueTask<CachedKey?> HoldAsync(string id, CancellationToken cancellationToken)
    {
        _heartbeat.Start();
        var now = _time.GetTimestamp();
        var copy = _copies.Use(id, now);
        // In this order: a copy that is still held when the silo is known to be fresh is from after the last change.
        if (!_heartbeat.IsFresh(now) || copy.Held is not { } held || _time.GetElapsedTime(held.ReadAt, now) is var age && age >= ApiKeyLease.LongestLife)
        {
            return new(ReadAsync(copy).WaitAsync(cancellationToken));
        }

        if (age >= ApiKeyLease.LongestLife / 2)
        {
            // Without delaying the request.
            _ = ReadAsync(copy);
        }

        return new(held);
    }

    private Task<CachedKey?> ReadAsync(SiloCacheEntry<CachedKey> copy) => copy.AskOnce(async _ =>
    {
        var begun = _time.GetTimestamp();
        while (true)
        {
            var readAt = _time.GetTimestamp();
            try
            {
                // A later result may be older than a silo may use.
                var state = await _store.ReadAsync(copy.Key).WaitAsync(ApiKeyLease.Life, _time);
                _reading.OnSucceeded();
                return new(state, readAt);
            }
            catch (Exception exception) when (!_storage.Status.CanRead || _time.GetElapsedTime(begun) >= Patience)
            {
                _reading.OnFailed(exception);
                return null;
            }
            catch (Exception)
            {
                await Task.Delay(RetryDelay, _time);
            }
        }
    });

    /// <summary>The stored state of a key as it was read.</summary>
    private sealed class CachedKey(ApiKeyState state, long readAt)
    {
        private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

        public ApiKey? Key => state.Key;

        public LimitSet Limits { get; } = state.Key is { } key ? LimitSet.Of(key.Terms) : LimitSet.None;

        public byte[] Sha256 { get; } = state.Key is null ? NoHash : Convert.FromHexString(state.Sha256);

        public long ReadAt => readAt;
    }
}

/// <summary>A key with its limits.</summary>
internal readonly record struct LimitedKey(ApiKeyFinding Finding, LimitSet Limits);
