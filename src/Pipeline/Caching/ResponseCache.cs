using Microsoft.Extensions.Logging;
using Prism.Grains.Background;
using Prism.Grains.Cache;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Grains.SharedCalls;
using Prism.Pipeline.Attempts;
using Prism.Pipeline.Sharing;

namespace Prism.Pipeline.Caching;

/// <summary>
/// Opens the answer of a call: a stored one, one in progress for another call, or one from a provider. Without a cache, or if the client opts out of
/// it, the provider answers.
/// </summary>
internal sealed class ResponseCache(
    CacheEpoch epoch,
    SharedCallRegistry calls,
    SharedCallLeader leader,
    CacheWriter writer,
    AttemptLoop attempts,
    IGrainFactory grains,
    MemoryBudget memory,
    CacheTelemetry telemetry,
    TimeProvider time,
    ILogger<ResponseCache> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly ReferenceFactory<ICacheGrain> _entries = new(grains);
    private readonly CacheBackoff _backoff = new(time);
    private readonly FailureLog _asking = new("Querying the response cache", logger);

    /// <summary>The epoch that answers must belong to; null before it is known.</summary>
    internal long? CurrentEpoch => epoch.Value;

    /// <summary>The shared calls of this silo.</summary>
    internal SharedCallRegistry Calls => calls;

    /// <summary>The clock.</summary>
    internal TimeProvider Time => time;

    /// <summary>Opens the answer.</summary>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public ValueTask<Answer> OpenAsync(ChatCall call, bool stream, CancellationToken client)
    {
        if (!call.Snapshot.Cache.Enabled)
        {
            return attempts.OpenAsync(call, stream, client);
        }

        if (call.Request.Cache is { NoStore: true })
        {
            telemetry.OnRequest(ChatCacheResult.Bypass);
            return attempts.OpenAsync(call, stream, client);
        }

        return OpenSharedAsync(call, stream, client);
    }

    /// <summary>The epoch for a query; null if the cache must not be queried now.</summary>
    /// <param name="wasFollowing">Whether the shared call that this one followed is lost.</param>
    internal long? TryBegin(bool wasFollowing) => CurrentEpoch is { } current && (wasFollowing || !_backoff.IsResting) ? current : null;

    /// <summary>Creates a shared call that the request will lead if the cache decides so.</summary>
    internal PendingCall Announce() => new(calls, leader);

    /// <summary>Stores the answer of a shared call, or notifies the cache that there is none.</summary>
    /// <param name="shared">The shared call, before it begins.</param>
    /// <param name="key">The key of the prompt's <see cref="ICacheGrain"/>.</param>
    /// <param name="begunIn">The epoch of that key.</param>
    /// <param name="call">The call.</param>
    internal void Store(SharedCall shared, string key, long begunIn, ChatCall call)
    {
        var asked = time.GetUtcNow();
        shared.OnCompleted(frames => writer.WriteAsync(shared.Id, begunIn, key, call, asked, frames));
    }

    /// <summary>Queries the cache. In an outage it logs, returns null, and pauses the use of the cache.</summary>
    internal async Task<JoinAnswer?> AskAsync(string key, JoinAsk ask, CacheOptions options, CancellationToken cancellationToken)
    {
        var deadline = new WaitDeadline(time, ask.Lost is null ? options.AskTimeout : options.LostTimeout);
        while (true)
        {
            try
            {
                var answer = await deadline.BoundAsync(_entries.Of(key).JoinAsync(ask), cancellationToken);
                _backoff.End();
                _asking.OnSucceeded();
                return answer;
            }
            catch (OrleansMessageRejectionException exception)
            {
                // A silo has just left; not every silo knows yet where its grains are now. The others still serve.
                if (deadline.IsOver)
                {
                    _asking.OnFailed(exception);
                    return null;
                }

                await Task.Delay(RetryDelay, time, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                _backoff.Begin();
                _asking.OnFailed(exception);
                return null;
            }
        }
    }

    private async ValueTask<Answer> OpenSharedAsync(ChatCall call, bool stream, CancellationToken client)
    {
        var lookup = new CacheLookup(this, call, stream);
        try
        {
            // :: A lost shared call is replaced, until a part of its answer has gone to the client: never two generations in one answer.
            while (await lookup.NextAsync(client) is { } found)
            {
                if (await OpenAsync(lookup, found, call, stream, client) is { } answer)
                {
                    return answer;
                }
            }

            // :: There is no stored answer, and no call to follow.
            var own = await attempts.OpenAsync(call, stream, client);
            return WithInfo(own, own.Info! with { Cache = lookup.Result });
        }
        finally
        {
            telemetry.OnRequest(lookup.Result);
        }
    }

    /// <returns>Null if the shared call is lost, or its answer is not for this call.</returns>
    private async ValueTask<Answer?> OpenAsync(CacheLookup lookup, FoundAnswer found, ChatCall call, bool stream, CancellationToken client)
    {
        if (found.Entry is { } entry)
        {
            return new ReplayedAnswer(entry.Response, stream, found.WithCache(call.Route));
        }

        var shared = new SharedAnswer(found.Reader!, call.Route, lookup.PatienceFor(found), client);
        var opened = default(Answer);
        try
        {
            opened = stream ? await shared.BeginAsync() : await shared.ReadWholeAsync(memory, call.Provider.Options.MaxAnswerBytes);
            return opened is null ? null : WithInfo(opened, found.WithCache(opened.Info!));
        }
        finally
        {
            if (!ReferenceEquals(opened, shared))
            {
                await shared.DisposeAsync();
            }
        }
    }

    private static Answer WithInfo(Answer answer, AnswerInfo info)
    {
        if (answer.Error is { } error)
        {
            return Answer.Failed(error.Route is null ? error : error with { Route = info }, info);
        }

        answer.Info = info;
        return answer;
    }
}
