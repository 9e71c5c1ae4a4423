using System.Runtime.CompilerServices;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Grains.Interfaces.SharedCalls;
using Prism.Grains.SharedCalls;
using Prism.Pipeline.Attempts;

namespace Prism.Pipeline.Caching;

/// <summary>
/// The answer to a call from wherever it can be had: stored, on its way for somebody else, or from the provider. Without a cache, or where the
/// caller wants none, it is the call upstream and nothing else.
/// </summary>
internal sealed class CachedCaller(CacheDesk desk, FailoverCaller upstream, MemoryBudget memory)
{
    /// <summary>The code of an answer that broke off because its client was too slow for those it shared it with.</summary>
    public const string ReaderTooSlow = "reader_too_slow";

    /// <summary>Answers a call as a whole.</summary>
    public Task<ChatOutcome> CompleteAsync(ChatCall call, CancellationToken cancellationToken) =>
        TakesPart(call) ? CompleteSharedAsync(call, cancellationToken) : upstream.CompleteAsync(call, cancellationToken);

    /// <summary>Answers a call piece by piece, as <see cref="FailoverCaller.StreamAsync"/> does.</summary>
    public IAsyncEnumerable<ChatStreamEvent> StreamAsync(ChatCall call, CancellationToken cancellationToken) =>
        TakesPart(call) ? StreamSharedAsync(call, cancellationToken) : upstream.StreamAsync(call, cancellationToken);

    private bool TakesPart(ChatCall call)
    {
        if (!desk.IsEnabled)
        {
            return false;
        }

        if (call.Request.Cache is not { NoStore: true })
        {
            return true;
        }

        desk.OnJoined(ChatCacheResult.Bypass);
        return false;
    }

    private async Task<ChatOutcome> CompleteSharedAsync(ChatCall call, CancellationToken cancellationToken)
    {
        using var join = new CacheJoin(desk, call, isStreamed: false);

        // :: Join. Nothing goes to the client before the answer is whole, so a lost flight can always be replaced.
        while (await join.NextAsync(cancellationToken) is { } seat)
        {
            using (seat)
            {
                if (seat.Entry is { } entry)
                {
                    return new() { Response = entry.Response, Route = seat.Mark(call.Route) };
                }

                if (await ReadWholeAsync(join, seat, call, cancellationToken) is { } outcome)
                {
                    return outcome;
                }
            }
        }

        // :: Or call
        var own = await upstream.CompleteAsync(call, cancellationToken);
        return own with { Route = (own.Route ?? call.Route) with { Cache = join.Result } };
    }

    private async IAsyncEnumerable<ChatStreamEvent> StreamSharedAsync(
        ChatCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var join = new CacheJoin(desk, call, isStreamed: true);

        // :: Join. A lost flight can be replaced until its first piece has gone to the client: never two generations in one answer.
        while (await join.NextAsync(cancellationToken) is { } seat)
        {
            using (seat)
            {
                var relayed = false;
                await foreach (var streamEvent in ReadStreamAsync(join, seat, call.Route, cancellationToken))
                {
                    relayed = true;
                    yield return streamEvent;
                }

                if (relayed && !seat.HasEnded)
                {
                    yield return seat.Reader is { WasOvertaken: true } ? TooSlow(call.Route) : BrokenOff(call.Route);
                }

                if (relayed)
                {
                    yield break;
                }
            }
        }

        // :: Or call
        await foreach (var streamEvent in upstream.StreamAsync(call, cancellationToken))
        {
            yield return streamEvent switch
            {
                { Started: { } route } => new() { Started = route with { Cache = join.Result } },
                { Failed: { Route: { } asked } error } => error with { Route = asked with { Cache = join.Result } },
                _ => streamEvent,
            };
        }
    }

    /// <returns>Null where the flight is lost, or ended before in what is not for those who come later.</returns>
    private async Task<ChatOutcome?> ReadWholeAsync(CacheJoin join, Seat seat, ChatCall call, CancellationToken cancellationToken)
    {
        var route = call.Route;
        var assembly = new AnswerAssembly();
        using var share = memory.Open();
        var size = 0L;
        while (await join.WaitAsync(seat.Reader!, cancellationToken))
        {
            var events = seat.Reader!.Read();
            if (IsOfNoUse(seat, events, call.Route))
            {
                return null;
            }

            foreach (var flightEvent in events.Span)
            {
                route = flightEvent.Streamed.Started ?? route;
                switch (flightEvent)
                {
                    case { Whole: { } response }:
                        return new() { Response = response, Route = seat.Mark(route) };
                    case { Streamed.Chunk: { } chunk }:
                        assembly.Add(chunk);
                        // The pieces are put together: what is around each is not kept.
                        if (!share.TryHold(size += FlightSize.Of(chunk) / 2) || size > call.Provider.Options.MaxAnswerBytes * 2L)
                        {
                            return new() { Error = ChatError.MemoryFull with { Provider = route.Provider }, Route = seat.Mark(route) };
                        }

                        break;
                    case { Streamed.Completed: { } usage }:
                        return new() { Response = assembly.ToResponse(usage), Route = seat.Mark(route) };
                    case { Streamed.Failed: { } error }:
                        return new() { Error = error, Route = seat.Mark(error.Route ?? route) };
                }
            }
        }

        return null;
    }

    private static async IAsyncEnumerable<ChatStreamEvent> ReadStreamAsync(
        CacheJoin join, Seat seat, ChatRoute route, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (seat.Entry is { } entry)
        {
            yield return new() { Started = seat.Mark(route) };
            foreach (var streamEvent in Replay(entry.Response))
            {
                yield return streamEvent;
            }

            yield break;
        }

        ChatRoute? started = null;
        while (await join.WaitAsync(seat.Reader!, cancellationToken))
        {
            var events = seat.Reader!.Read();
            if (IsOfNoUse(seat, events, route))
            {
                yield break;
            }

            for (var i = 0; i < events.Length; i++)
            {
                var flightEvent = events.Span[i];
                if (flightEvent.Streamed.Started is not null)
                {
                    // Held back until there is a piece: a flight that is lost before is replaced.
                    started = seat.Mark(flightEvent.Streamed.Started);
                    continue;
                }

                if (started is not null && flightEvent.Streamed.Failed is null)
                {
                    yield return new() { Started = started };
                    started = null;
                }

                foreach (var streamEvent in flightEvent.Whole is { } whole ? Replay(whole) : [flightEvent.Streamed])
                {
                    yield return streamEvent.Failed is { Route: { } asked } error ? error with { Route = seat.Mark(asked) } : streamEvent;
                }
            }
        }
    }

    // Those who waited for it share a failure, and the answer of a fallback. Who comes later asks for an answer of its own.
    private static bool IsOfNoUse(Seat seat, ReadOnlyMemory<FlightEvent> events, ChatRoute asked) =>
        seat.IsFound
        && (events is { IsEmpty: false, Span: [.., { Streamed.Failed: not null }] }
            || (events is { IsEmpty: false, Span: [{ Streamed.Started: { } route }, ..] } && (route.Provider, route.Model) != (asked.Provider, asked.Model)));

    private static IEnumerable<ChatStreamEvent> Replay(ChatResponse response)
    {
        foreach (var chunk in AnswerReplay.ToChunks(response))
        {
            yield return chunk;
        }

        yield return new() { Completed = response.Usage ?? ChatUsage.Of(0, 0) };
    }

    private static ChatError TooSlow(ChatRoute route) => new()
    {
        Kind = ChatErrorKind.UpstreamBrokenOff,
        Code = ReaderTooSlow,
        Message = "The answer is long, several requests share it, and this client reads it too slowly to keep up with the others.",
        Provider = route.Provider,
    };

    private static ChatError BrokenOff(ChatRoute route) => new()
    {
        Kind = ChatErrorKind.UpstreamBrokenOff,
        Code = ChatError.SiloLost,
        Message = "The answer broke off: the silo that was making it for several requests is gone.",
        Provider = route.Provider,
    };
}
