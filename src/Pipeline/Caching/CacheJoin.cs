using Prism.Grains.Cache;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.SharedCalls;
using Prism.Pipeline.Sharing;

namespace Prism.Pipeline.Caching;

/// <summary>
/// One request's way to its seat. A flight that it was sent to may turn out to be lost: then it asks again, a bounded number of times and for
/// a bounded time, and after that it calls by itself.
/// </summary>
internal sealed class CacheJoin(CacheDesk desk, ChatCall call, bool isStreamed) : IDisposable
{
    private const int MaxAttempts = 5;
    private const int MaxSeatsHere = 2;

    private readonly ChatCachePolicy? _policy = call.Request.Cache;
    private readonly string _hash = desk.HashOf(call);
    private readonly CacheDeadline _deadline = desk.BeginJoin();
    private int _attempts;
    private int _seatsHere;
    private string? _following;
    private Seat? _seat;

    /// <summary>What the cache had to do with the request, as far as it has come.</summary>
    public ChatCacheResult Result
    {
        get => _seat?.Result ?? field;
        private set;
    }

    /// <summary>Takes a seat; the next one, where the last one was no good.</summary>
    /// <returns>Null where the request has to call by itself.</returns>
    public async ValueTask<Seat?> NextAsync(CancellationToken cancellationToken)
    {
        if (_seat is null && MayFollow && desk.TryBoardHere(_hash) is { } reader)
        {
            return Take(new() { Reader = reader, Result = ChatCacheResult.Joined });
        }

        while (_attempts++ < MaxAttempts && !_deadline.IsOver && desk.TryBegin(_following is not null) is { } epoch)
        {
            var announced = desk.Announce();
            var seat = default(Seat);
            try
            {
                if (await AskAsync(epoch, announced.Id, cancellationToken) is not { } answer)
                {
                    break;
                }

                seat = SeatAt(answer, epoch, announced);
                if (seat is not null)
                {
                    return Take(seat);
                }
            }
            finally
            {
                if (seat?.Result != ChatCacheResult.Miss)
                {
                    announced.Withdraw();
                }
            }
        }

        // Nobody can tell who leads in the cluster. The requests of this silo still share a call.
        if (!desk.IsAlone && _seatsHere++ < MaxSeatsHere && !_deadline.IsOver)
        {
            return Take(SeatHere());
        }

        _seat = null;
        Result = Unled;
        return null;
    }

    /// <summary>Waits for more of the answer.</summary>
    /// <returns>False where no more will come, or where nothing has for so long that the request has to see to itself.</returns>
    public async ValueTask<bool> WaitAsync(FlightReader reader, CancellationToken cancellationToken)
    {
        var more = reader.WaitAsync(cancellationToken);
        if (Result != ChatCacheResult.Joined || reader.HasBegun || more.IsCompleted)
        {
            return await more;
        }

        try
        {
            return await _deadline.BoundAsync(more.AsTask(), cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void Dispose() => desk.OnJoined(Result);

    // What a request is called that makes its own call: it may have lost the one that it followed.
    private ChatCacheResult Unled => _following is null ? ChatCacheResult.Bypass : ChatCacheResult.Miss;

    private bool MayFollow => !desk.IsAlone && !IsFresh && _seatsHere < MaxSeatsHere;

    private bool IsFresh => _policy?.NoCache ?? false;

    private Seat Take(Seat seat)
    {
        _seat = seat;
        return seat;
    }

    private Seat SeatHere()
    {
        var announced = desk.Announce();
        if (desk.TryFollowHere(_hash, announced, IsFresh) is { } reader)
        {
            announced.Withdraw();
            return new() { Reader = reader, Result = ChatCacheResult.Joined };
        }

        return new() { Reader = announced.Lead(call, new(null, _hash, isStreamed)), Result = Unled };
    }

    private Task<JoinAnswer?> AskAsync(long epoch, string flight, CancellationToken cancellationToken) => desk.AskAsync(
        GrainKeys.Cache(epoch, _hash),
        new()
        {
            Flight = flight,
            Refresh = IsFresh,
            MaxAge = _policy?.MaxAge,
            Lost = _following,
            Alone = desk.IsAlone,
        },
        cancellationToken);

    private Seat? SeatAt(JoinAnswer answer, long epoch, AnnouncedFlight announced)
    {
        if (answer.Hit is { } entry)
        {
            // It may have been cleared while it was on its way.
            return desk.CurrentEpoch == epoch ? new() { Entry = entry, Age = answer.Age, Result = ChatCacheResult.Hit } : null;
        }

        if (answer.Flight == announced.Id)
        {
            return new() { Reader = announced.Lead(call, new(epoch, _hash, isStreamed)), Result = ChatCacheResult.Miss };
        }

        _following = answer.Flight;
        return desk.TryBoard(answer.Flight!) is { } reader ? new() { Reader = reader, Result = ChatCacheResult.Joined } : null;
    }
}
