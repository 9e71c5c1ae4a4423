using Prism.Grains.Background;
using Prism.Grains.Cache;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Sharing;

namespace Prism.Pipeline.Caching;

/// <summary>
/// How one call finds its answer. A shared call that it was sent to may turn out to be lost: then it asks again, a bounded number of times and for
/// a bounded time, and after that it makes its own call.
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

    /// <summary>What the cache had to do with the request, as far as it has come.</summary>
    public ChatCacheResult Result
    {
        get => _found?.Result ?? field;
        private set;
    }

    /// <summary>Finds an answer; the next one, where the last one was no good.</summary>
    /// <returns>Null where the request has to make a call of its own.</returns>
    public async ValueTask<FoundAnswer?> NextAsync(CancellationToken cancellationToken)
    {
        if (_found is null && MayFollow && cache.Calls.TryReadNamed(_hash) is { } reader)
        {
            return Take(new() { Reader = reader, Result = ChatCacheResult.Joined });
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
                    return Take(found);
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

        // Nobody can tell who leads in the cluster. The requests of this silo still share a call.
        if (!IsAlone && _subscriptionsHere++ < MaxSubscriptionsHere && !_deadline.IsOver)
        {
            return Take(FindHere());
        }

        _found = null;
        Result = Unled;
        return null;
    }

    /// <summary>How long the call waits for the first frame of what it has found; null: as long as that takes.</summary>
    public WaitDeadline? PatienceFor(FoundAnswer found) => found.Result == ChatCacheResult.Joined ? _deadline : null;

    // The result of a request that makes its own call: it may have lost the one that it followed.
    private ChatCacheResult Unled => _following is null ? ChatCacheResult.Bypass : ChatCacheResult.Miss;

    private bool IsAlone => !_options.SingleFlight;

    private bool MayFollow => !IsAlone && !IsFresh && _subscriptionsHere < MaxSubscriptionsHere;

    private bool IsFresh => _policy?.NoCache ?? false;

    private FoundAnswer Take(FoundAnswer found)
    {
        _found = found;
        return found;
    }

    private FoundAnswer FindHere()
    {
        // A call may be under way from before the cache was gone.
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
            // It may have been cleared while it was on its way.
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
