using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Keys;

namespace Prism.Tests.Keys;

/// <summary>What a silo goes by of API keys, and for how long.</summary>
public sealed class ApiKeyCopiesTests : IDisposable
{
    private static readonly byte[] Hash = SHA256.HashData("a key"u8);
    private static readonly TimeSpan Deadline = Patience.Limit;

    private readonly WatchedTime _time = new(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly KeyStorage _storage = new();
    private readonly SeenStorage _clusterStorage = new();
    private readonly ApiKeyStore _store;
    private readonly ApiKeyHeartbeat _heartbeat;
    private readonly ApiKeyCopies _copies;

    public ApiKeyCopiesTests()
    {
        _store = new(() => _storage);
        _heartbeat = new(_store, _time, NullLogger<ApiKeyHeartbeat>.Instance);
        _copies = new(_store, _heartbeat, _clusterStorage, _time, NullLogger<ApiKeyCopies>.Instance);
    }

    public void Dispose() => _heartbeat.Dispose();

    [Fact]
    public async Task A_key_that_is_in_use_costs_nothing()
    {
        await StoreAsync();
        await WarmUpAsync();
        var reads = _storage.KeyReads;

        for (var i = 0; i < 100; i++)
        {
            var finding = _copies.FindAsync(Hash, CancellationToken.None);
            Assert.True(finding.IsCompletedSuccessfully);
            Assert.NotNull((await finding).Key);
        }

        Assert.Equal(reads, _storage.KeyReads);
    }

    [Fact]
    public async Task That_there_is_no_such_key_is_known_too_and_costs_the_same()
    {
        await WarmUpAsync();
        var reads = _storage.KeyReads;

        var finding = _copies.FindAsync(Hash, CancellationToken.None);

        Assert.True(finding.IsCompletedSuccessfully);
        Assert.Equal(default, await finding);
        Assert.Equal(reads, _storage.KeyReads);
    }

    [Fact]
    public async Task A_key_of_the_same_id_is_not_the_key()
    {
        await StoreAsync();
        var alike = (byte[])Hash.Clone();
        alike[^1]++;

        Assert.Equal(GrainKeys.ApiKey(Hash), GrainKeys.ApiKey(alike));
        Assert.Equal(default, await _copies.FindAsync(alike, CancellationToken.None));
        Assert.NotNull((await _copies.FindAsync(Hash, CancellationToken.None)).Key);
    }

    [Fact]
    public async Task A_change_that_the_silo_was_not_told_of_is_known_with_the_next_heartbeat()
    {
        await StoreAsync();
        await WarmUpAsync();

        await StoreAsync(key => key with { RevokedAt = _time.GetUtcNow() });
        await _store.AdvanceEpochAsync();
        var known = ChangedAsync();
        _time.Advance(ApiKeyLease.Heartbeat);
        await known.WaitAsync(Deadline);

        Assert.Null((await _copies.FindAsync(Hash, CancellationToken.None)).Key);
    }

    [Fact]
    public async Task Without_heartbeats_a_silo_goes_by_nothing_that_it_has_read_before()
    {
        await StoreAsync();
        await WarmUpAsync();
        _storage.BeforeRead = state => state == StorageNames.ApiKeyEpochState ? Task.FromException(new IOException("Away.")) : Task.CompletedTask;

        await StoreAsync(key => key with { RevokedAt = _time.GetUtcNow() });
        _time.Advance(ApiKeyLease.Life);

        Assert.Null((await _copies.FindAsync(Hash, CancellationToken.None).AsTask().WaitAsync(Deadline)).Key);
    }

    [Fact]
    public async Task Where_nothing_can_be_read_nobody_is_let_in_and_told_to_come_back()
    {
        await StoreAsync();
        await WarmUpAsync();
        _storage.BeforeRead = _ => Task.FromException(new IOException("Away."));
        _clusterStorage.Status = new() { Kind = "redis", Reachable = false };
        _time.Advance(ApiKeyLease.Life);

        var (key, error) = await _copies.FindAsync(Hash, CancellationToken.None).AsTask().WaitAsync(Deadline);

        Assert.Null(key);
        Assert.Equal((ChatErrorKind.Overloaded, TimeSpan.FromSeconds(1)), (error!.Kind, error.RetryAfter));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task A_storage_that_fails_for_a_moment_refuses_nobody(int failures)
    {
        await StoreAsync();
        await WarmUpAsync();
        var reads = 0;
        _storage.BeforeRead = _ => Interlocked.Increment(ref reads) <= failures ? Task.FromException(new IOException("Reset.")) : Task.CompletedTask;
        _time.Advance(ApiKeyLease.Life);

        Assert.NotNull((await FindAsync()).Key);
    }

    [Fact]
    public async Task A_storage_that_keeps_failing_is_not_waited_for()
    {
        await StoreAsync();
        await WarmUpAsync();
        _storage.BeforeRead = _ => Task.FromException(new IOException("Reset."));
        _time.Advance(ApiKeyLease.Life);
        var begun = _time.GetTimestamp();

        Assert.NotNull((await FindAsync()).Error);
        Assert.InRange(_time.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task What_was_asked_before_a_change_is_not_kept()
    {
        await StoreAsync();
        await WarmUpAsync();
        _copies.Forget(GrainKeys.ApiKey(Hash));
        var (asked, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        _storage.BeforeRead = async state =>
        {
            if (state == StorageNames.ApiKeyState && asked.TrySetResult())
            {
                await release.Task;
            }
        };

        // It has read the key as it was, and the answer is still on its way.
        var before = _copies.FindAsync(Hash, CancellationToken.None);
        await asked.Task.WaitAsync(Deadline);
        await StoreAsync(key => key with { RevokedAt = _time.GetUtcNow() });
        _copies.Forget(GrainKeys.ApiKey(Hash));
        release.SetResult();
        await before;

        Assert.Null((await _copies.FindAsync(Hash, CancellationToken.None)).Key);
    }

    [Fact]
    public async Task A_key_expires_by_itself()
    {
        await StoreAsync(key => key with { Terms = key.Terms with { ExpiresAt = _time.GetUtcNow().AddMilliseconds(100) } });
        await WarmUpAsync();
        Assert.NotNull((await _copies.FindAsync(Hash, CancellationToken.None)).Key);

        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Null((await _copies.FindAsync(Hash, CancellationToken.None)).Key);
    }

    [Fact]
    public async Task Guesses_do_not_fill_the_memory()
    {
        for (var i = 0; i < 2 * ApiKeyCopies.MostKeys; i++)
        {
            await _copies.FindAsync(SHA256.HashData(Encoding.UTF8.GetBytes($"{i}")), CancellationToken.None);
        }

        Assert.InRange(_copies.Count, 1, ApiKeyCopies.MostKeys);
    }

    // Time passes in its pauses only, however long the machine takes.
    private async Task<ApiKeyFinding> FindAsync()
    {
        var between = TimeSpan.FromMilliseconds(100);
        var pause = _time.NextTimerAsync(due => due == between);
        var finding = _copies.FindAsync(Hash, CancellationToken.None).AsTask();
        while (await Task.WhenAny(finding, pause) == pause)
        {
            await pause;
            pause = _time.NextTimerAsync(due => due == between);
            _time.Advance(between);
        }

        return await finding;
    }

    private async Task StoreAsync(Func<ApiKey, ApiKey>? change = null)
    {
        var row = new GrainState<ApiKeyState>(new());
        var id = GrainId.Create(ApiKeyStore.GrainType, GrainKeys.ApiKey(Hash));
        var before = _storage.BeforeRead;
        _storage.BeforeRead = _ => Task.CompletedTask;
        await _storage.ReadStateAsync(StorageNames.ApiKeyState, id, row);
        _storage.BeforeRead = before;
        var key = row.State!.Key ?? new() { Id = GrainKeys.ApiKey(Hash), Terms = new() { Name = "test" }, Version = 1, CreatedAt = _time.GetUtcNow() };
        row.State = new() { Key = change?.Invoke(key) ?? key, Sha256 = Convert.ToHexStringLower(Hash) };
        await _storage.WriteStateAsync(StorageNames.ApiKeyState, id, row);
    }

    // Until the first heartbeat has been answered, and the key is held.
    private async Task WarmUpAsync()
    {
        var fresh = ChangedAsync();
        await _store.AdvanceEpochAsync();
        await _copies.FindAsync(Hash, CancellationToken.None);
        await fresh.WaitAsync(Deadline);
        // A moment after it has forgotten what was before, it is fresh.
        await Until.TrueAsync("it is fresh", () => Task.FromResult(_heartbeat.IsFresh(_time.GetTimestamp())));

        await _copies.FindAsync(Hash, CancellationToken.None);
    }

    private Task ChangedAsync()
    {
        var changed = new TaskCompletionSource();
        var forget = _heartbeat.Changed;
        _heartbeat.Changed = () =>
        {
            forget();
            changed.TrySetResult();
        };
        return changed.Task;
    }

    /// <summary>The storage as the silo sees it.</summary>
    private sealed class SeenStorage : Prism.Grains.Interfaces.Cluster.IClusterStorage
    {
        public Prism.Grains.Interfaces.Cluster.StorageStatus Status { get; set; } = Prism.Grains.Interfaces.Cluster.StorageStatus.InMemory;
    }
}
