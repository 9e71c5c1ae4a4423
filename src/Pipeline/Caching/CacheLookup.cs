using Prism.Grains.Background;
using Prism.Grains.Cache;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Sharing;

namespace Prism.Pipeline.Caching;

/// <summary>
/// Finds the answer of one call. The shared call that it follows may be lost: then it asks the cache again, a bounded number of times and for a
/// bounded time, and after that makes its own call.
/// </summary>
internal sealed class CacheLookup(ResponseCache cache, ChatCall call, bool stream)
{
    private const int MaxAttempts = 5;
    private const int MaxSubscriptionsHere = 2;

    private readonly CacheOptions _options = call.Snapshot.Cache;
    private readonly ChatCachePolicy? _policy = call.Request.Cache;
    private readonly WaitDeadline _deadline = new(cache.Time, call.Snapshot.Cache.JoinTimeout);
    private readonly string _hash = PromptHash.Of(
        call.Snapshot.Cache.Scope == CacheScope.Key ? Owners.Of(call.Request.Owner) : Owners.Global, call.Route.Provider, call.Request.Canonical);

    private int _attempts;
    private int _subscriptionsHere;
    private string? _following;
    private FoundAnswer? _found;

    /// <summary>The cache's result for the request so far.</summary>
    public ChatCacheResult Result
    {
        get => _found?.Result ?? field;
        private set;
    }

    /// <summary>Finds an answer, or the next one if the last one was unusable.</summary>
    /// <returns>Null if the request has to make its own call.</returns>
    public async ValueTask<FoundAnswer?> NextAsync(CancellationToken cancellationToken)
    {
        if (_found is null && MayFollow && cache.Calls.TryReadNamed(_hash) is { } reader)
        {
            return Use(new() { Reader = reader, Result = ChatCacheResult.Joined });
        }

        while (_attempts++ < MaxAttempts && !_deadline.IsOver && cache.TryBegin(_following is not null) is { } epoch)
        {
            var pending = cache.Announce();
            var found = default(FoundAnswer);
            try
            {
                if (await AskAsync(epoch, pending.Call.Id, cancellationToken) is not { } answer)
                {
                    break;
                }

                found = FindIn(answer, epoch, pending);
                if (found is not null)
                {
                    return Use(found);
                }
            }
            finally
            {
                if (found?.Result != ChatCacheResult.Miss)
                {
                    pending.Withdraw();
                }
            }
        }

        // The leader in the cluster is unknown. The requests of this silo still share a call.
        if (!IsAlone && _subscriptionsHere++ < MaxSubscriptionsHere && !_deadline.IsOver)
        {
            return Use(FindHere());
        }

        _found = null;
        Result = Unled;
        return null;
    }

    /// <summary>The longest wait for the first frame of the found answer; null: unlimited.</summary>
    public WaitDeadline? PatienceFor(FoundAnswer found) => found.Result == ChatCacheResult.Joined ? _deadline : null;

    // The result of a request that makes its own call: it may have lost the one that it followed.
    private ChatCacheResult Unled => _following is null ? ChatCacheResult.Bypass : ChatCacheResult.Miss;

    private bool IsAlone => !_options.SingleFlight;

    private bool MayFollow => !IsAlone && !IsFresh && _subscriptionsHere < MaxSubscriptionsHere;

    private bool IsFresh => _policy?.NoCache ?? false;

    private FoundAnswer Use(FoundAnswer found)
    {
        _found = found;
        return found;
    }

    private FoundAnswer FindHere()
    {
        // A shared call may be in progress since before the outage of the cache.
        if (!IsFresh && cache.CurrentEpoch is { } epoch && cache.Calls.TryReadNamed(GrainKeys.Cache(epoch, _hash)) is { } led)
        {
            return new() { Reader = led, Result = ChatCacheResult.Joined };
        }

        var pending = cache.Announce();
        if (cache.Calls.Name(pending.Call, _hash, replaces: IsFresh) is { } reader)
        {
            pending.Withdraw();
            return new() { Reader = reader, Result = ChatCacheResult.Joined };
        }

        return new() { Reader = pending.Lead(call, stream), Result = Unled };
    }

    private Task<JoinAnswer?> AskAsync(long epoch, string shared, CancellationToken cancellationToken) => cache.AskAsync(
        GrainKeys.Cache(epoch, _hash),
        new()
        {
            SharedCall = shared,
            Refresh = IsFresh,
            MaxAge = _policy?.MaxAge,
            Lost = _following,
            Alone = IsAlone,
        },
        _options,
        cancellationToken);

    private FoundAnswer? FindIn(JoinAnswer answer, long epoch, PendingCall pending)
    {
        if (answer.Hit is { } entry)
        {
            // The cache may have been cleared meanwhile.
            return cache.CurrentEpoch == epoch ? new() { Entry = entry, Age = answer.Age, Result = ChatCacheResult.Hit } : null;
        }

        if (answer.SharedCall == pending.Call.Id)
        {
            var key = GrainKeys.Cache(epoch, _hash);
            cache.Store(pending.Call, key, epoch, call);
            cache.Calls.Name(pending.Call, key, replaces: true);
            return new() { Reader = pending.Lead(call, stream), Result = ChatCacheResult.Miss };
        }

        _following = answer.SharedCall;
        return cache.Calls.TryRead(answer.SharedCall!) is { } reader ? new() { Reader = reader, Result = ChatCacheResult.Joined } : null;
    }
}
