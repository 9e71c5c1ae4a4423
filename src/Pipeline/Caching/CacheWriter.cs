using System.Text.Json;
using Microsoft.Extensions.Logging;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Background;
using Prism.Grains.Cache;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Grains.Interfaces.SharedCalls;
using Prism.Grains.SharedCalls;
using Prism.Pipeline.Sharing;

namespace Prism.Pipeline.Caching;

/// <summary>Stores the answers of completed shared calls, and notifies the cache of those without one.</summary>
internal sealed class CacheWriter(
    CacheEpoch epoch, IGrainFactory grains, StoredAnswers stored, TimeProvider time, ILogger<CacheWriter> logger)
{
    private readonly FailureLog _storing = new("Storing answers in the response cache", logger);

    /// <summary>
    /// A shared call has completed. It stays until the answer is stored: requests that the cache sends to it meanwhile get its answer.
    /// </summary>
    /// <param name="id">The shared call.</param>
    /// <param name="begunIn">The epoch in which it began.</param>
    /// <param name="key">The key of the prompt's <see cref="ICacheGrain"/>.</param>
    /// <param name="call">The call.</param>
    /// <param name="asked">The time of the request.</param>
    /// <param name="frames">All frames; none if the answer is incomplete.</param>
    public async Task WriteAsync(string id, long begunIn, string key, ChatCall call, DateTimeOffset asked, ReadOnlyMemory<AnswerFrame> frames)
    {
        var entry = EntryOf(frames, call, asked);
        var patience = new WaitDeadline(time, LostSilo.Patience);
        while (true)
        {
            try
            {
                await StoreAsync(id, key, epoch.Value == begunIn ? entry : null, call.Request.Owner);
                _storing.OnSucceeded();
                return;
            }
            catch (OrleansMessageRejectionException) when (!patience.IsOver)
            {
                // A silo has just left; not every silo knows yet where its grains are now.
                await Task.Delay(LostSilo.RetryDelay, time);
            }
            catch (Exception exception)
            {
                // A request that the cache sends to this call from now on finds it lost, reports that, and leads another.
                _storing.OnFailed(exception);
                return;
            }
        }
    }

    private CacheEntry? EntryOf(ReadOnlyMemory<AnswerFrame> frames, ChatCall call, DateTimeOffset asked)
    {
        // An answer of a fallback serves only the requests that wait for it now: a later one gets the answer of the provider that it requests.
        if (!IsOf(frames.Span, call.Route) || AnswerOf(frames.Span) is not { } response || SizeOf(response) > call.Snapshot.Cache.MaxBytes)
        {
            return null;
        }

        var created = time.GetUtcNow();
        var ttl = TtlOf(call);
        return new() { Response = response, Created = created, Expires = created + ttl, Asked = asked };
    }

    private static TimeSpan TtlOf(ChatCall call)
    {
        var (usual, longest) = (call.Snapshot.Cache.Ttl, call.Snapshot.Cache.MaxTtl);
        return call.Request.Cache?.Ttl is not { } asked ? usual
            : asked <= usual || asked <= longest ? asked
            : usual > longest ? usual
            : longest;
    }

    private static bool IsOf(ReadOnlySpan<AnswerFrame> frames, AnswerInfo asked) =>
        frames is [{ Streamed.Started: { } info }, ..] && info.Provider == asked.Provider && info.Model == asked.Model;

    private static ChatResponse? AnswerOf(ReadOnlySpan<AnswerFrame> frames)
    {
        if (frames is [] or [.., { Streamed.Failed: not null }])
        {
            return null;
        }

        if (frames[^1].Whole is { } whole)
        {
            return whole;
        }

        var assembly = new AnswerAssembly();
        foreach (var frame in frames)
        {
            if (frame.Streamed.Chunk is { } chunk)
            {
                assembly.Add(chunk);
            }
        }

        return assembly.ToResponse(frames[^1].Streamed.Completed);
    }

    private static int SizeOf(ChatResponse response)
    {
        using var json = new PooledBuffer();
        using var writer = new Utf8JsonWriter(json);
        JsonSerializer.Serialize(writer, response, ChatJson.Lenient.ChatResponse);
        writer.Flush();
        return json.Length;
    }

    // Registers the entry for deletion first: an unregistered one would stay in the storage for ever.
    private async Task StoreAsync(string id, string key, CacheEntry? entry, string? owner)
    {
        var cache = grains.GetGrain<ICacheGrain>(key);
        if (entry is null)
        {
            await cache.ReleaseAsync(id);
            return;
        }

        await grains.GetGrain<ICacheSweepGrain>(CacheSweepGrain.KeyFor(key, entry.Expires)).AddAsync(key);
        await cache.CompleteAsync(id, entry);
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
}
