using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Prism.Grains.Background;
using Prism.Grains.Cache;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Grains.Interfaces.SharedCalls;
using Prism.Grains.SharedCalls;
using Prism.Pipeline.Attempts;
using Prism.Pipeline.Caching;

namespace Prism.Pipeline.Sharing;

/// <summary>
/// What a flight is for.
/// </summary>
/// <param name="Epoch">The cache's epoch that it was begun in; null where it was begun without the cache, for requests of this silo alone.</param>
/// <param name="PromptHash">What is asked.</param>
/// <param name="IsStreamed">Whether the call upstream is streamed, which is as its leader wants its answer.</param>
internal readonly record struct FlightPlan(long? Epoch, string PromptHash, bool IsStreamed)
{
    /// <summary>The key of the prompt's <see cref="ICacheGrain"/>; null without the cache.</summary>
    public string? Prompt => Epoch is { } epoch ? GrainKeys.Cache(epoch, PromptHash) : null;
}

/// <summary>
/// Makes the call upstream that a flight is: once for all its readers, and for as long as there are any. It is of the kind that the first of them
/// asked for; readers of the other kind have it converted, so that nobody's call becomes another than it would have been.
/// </summary>
internal sealed partial class FlightLeader(
    FailoverCaller upstream,
    FlightRegistry flights,
    CacheEpoch epoch,
    IGrainFactory grains,
    StoredAnswers stored,
    IOptions<CacheOptions> options,
    TimeProvider time,
    ILogger<FlightLeader> logger)
{
    private static readonly ChatError Fault = new() { Kind = ChatErrorKind.Internal, Message = "The call failed." };

    private readonly FailureLog _settling = new("Leaving answers in the response cache", logger);

    /// <summary>Begins. What comes of it is in the flight, and later in the cache.</summary>
    public void Lead(Flight flight, ChatCall call, FlightPlan plan)
    {
        if (plan.Prompt is { } prompt)
        {
            flight.Lead(prompt);
        }

        // Before the request can end: from now on the flight spends on its caller's account too.
        var spending = call.Account?.Open();
        // On a thread of its own kind: the request may be a grain's turn, which the flight outlives.
        _ = BackgroundCall.Begin(() => LeadAsync(flight, call, plan, spending), "A shared call", logger);
    }

    private async Task LeadAsync(Flight flight, ChatCall call, FlightPlan plan, IDisposable? spending)
    {
        var asked = time.GetUtcNow();
        var source = plan.IsStreamed ? StreamAsync(call, spending, flight.Abandoned) : CompleteAsync(call, spending, flight.Abandoned);
        try
        {
            var events = await flight.RunAsync(source, exception => OnFault(exception, flight.Id));
            await SettleAsync(flight.Id, plan, EntryOf(events, call, asked), call.Request.Owner);
        }
        catch (OperationCanceledException) when (flight.Abandoned.IsCancellationRequested)
        {
            await SettleAsync(flight.Id, plan, null, call.Request.Owner);
        }
        finally
        {
            spending?.Dispose();
            // Only now: until the cache knows, it sends readers here.
            flights.Remove(flight);
        }
    }

    private async IAsyncEnumerable<FlightEvent> StreamAsync(
        ChatCall call, IDisposable? spending, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var streamed in upstream.StreamAsync(call, cancellationToken))
        {
            if (streamed.Completed is not null)
            {
                // Before the readers know: the next request of theirs is to find the permit free.
                spending?.Dispose();
            }

            yield return streamed;
        }
    }

    private async IAsyncEnumerable<FlightEvent> CompleteAsync(
        ChatCall call, IDisposable? spending, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var outcome = await upstream.CompleteAsync(call, cancellationToken);
        spending?.Dispose();
        yield return new ChatStreamEvent { Started = outcome.Route };
        if (outcome.Error is { } error)
        {
            yield return (ChatStreamEvent)error;
        }
        else
        {
            yield return outcome.Response!;
        }
    }

    private CacheEntry? EntryOf(ReadOnlyMemory<FlightEvent> events, ChatCall call, DateTimeOffset asked)
    {
        // An answer of a fallback is for those who wait for it now: who asks later is to have one of the provider's own.
        if (!IsOf(events.Span, call.Route) || AnswerOf(events.Span) is not { } response || SizeOf(response) > options.Value.MaxBytes)
        {
            return null;
        }

        var created = time.GetUtcNow();
        var ttl = TtlOf(call.Request.Cache);
        return new() { Response = response, Created = created, Expires = created + ttl, Asked = asked };
    }

    private TimeSpan TtlOf(ChatCachePolicy? policy)
    {
        var (usual, longest) = (options.Value.Ttl, options.Value.MaxTtl);
        return policy?.Ttl is not { } asked ? usual
            : asked <= usual || asked <= longest ? asked
            : usual > longest ? usual
            : longest;
    }

    private static bool IsOf(ReadOnlySpan<FlightEvent> events, ChatRoute asked) =>
        events is [{ Streamed.Started: { } route }, ..] && route.Provider == asked.Provider && route.Model == asked.Model;

    private static ChatResponse? AnswerOf(ReadOnlySpan<FlightEvent> events)
    {
        if (events is [] or [.., { Streamed.Failed: not null }])
        {
            return null;
        }

        if (events[^1].Whole is { } whole)
        {
            return whole;
        }

        var assembly = new AnswerAssembly();
        foreach (var flightEvent in events)
        {
            if (flightEvent.Streamed.Chunk is { } chunk)
            {
                assembly.Add(chunk);
            }
        }

        return assembly.ToResponse(events[^1].Streamed.Completed);
    }

    private static int SizeOf(ChatResponse response)
    {
        using var json = new PooledBuffer();
        using var writer = new Utf8JsonWriter(json);
        JsonSerializer.Serialize(writer, response, ChatJson.Lenient.ChatResponse);
        writer.Flush();
        return json.Length;
    }

    // The flight stays until then: those who are sent to it meanwhile get its answer.
    private async Task SettleAsync(string flight, FlightPlan plan, CacheEntry? entry, string? owner)
    {
        if (plan.Prompt is not { } prompt)
        {
            return;
        }

        var patience = new CacheDeadline(time, LostSilo.Patience);
        while (true)
        {
            try
            {
                await TellCacheAsync(flight, prompt, entry is null || epoch.Value != plan.Epoch ? null : entry, owner);
                _settling.OnSucceeded();
                return;
            }
            catch (OrleansMessageRejectionException) when (!patience.IsOver)
            {
                // A silo has just gone; where its grains are now is not known everywhere yet.
                await Task.Delay(LostSilo.RetryDelay, time);
            }
            catch (Exception exception)
            {
                // Whoever is sent to this flight from now on finds it lost, says so, and leads another.
                _settling.OnFailed(exception);
                return;
            }
        }
    }

    // Noted for deletion first: an entry that is not would stay in the storage for ever.
    private async Task TellCacheAsync(string flight, string key, CacheEntry? entry, string? owner)
    {
        var cache = grains.GetGrain<ICacheGrain>(key);
        if (entry is null)
        {
            await cache.ReleaseAsync(flight);
            return;
        }

        await grains.GetGrain<ICacheSweepGrain>(CacheSweepGrain.KeyFor(key, entry.Expires)).AddAsync(key);
        await cache.CompleteAsync(flight, entry);
        await MakeRoomAsync(new(key, Owners.Of(owner), SizeOf(entry.Response), entry.Asked, entry.Expires));
    }

    private async Task MakeRoomAsync(StoredAnswer answer)
    {
        foreach (var oldest in stored.Add(answer))
        {
            await grains.GetGrain<ICacheGrain>(oldest.Key).EvictAsync(oldest.Asked);
            await grains.GetGrain<ICacheSweepGrain>(CacheSweepGrain.KeyFor(oldest.Key, oldest.Expires)).RemoveAsync(oldest.Key);
        }
    }

    private FlightEvent OnFault(Exception exception, string flight)
    {
        LogFault(exception, flight);
        return (ChatStreamEvent)Fault;
    }

    [LoggerMessage(LogLevel.Error, "Flight {Flight} failed")]
    private partial void LogFault(Exception exception, string flight);
}
