using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Prism.Grains.Background;
using Prism.Grains.Cache;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.SharedCalls;
using Prism.Pipeline.Sharing;

namespace Prism.Pipeline.Caching;

/// <summary>What requests of this silo do with the cache and its flights, and when they had better not.</summary>
internal sealed class CacheDesk(
    IOptions<CacheOptions> options,
    CacheEpoch epoch,
    FlightRegistry flights,
    FlightLeader leader,
    IGrainFactory grains,
    CacheTelemetry telemetry,
    TimeProvider time,
    ILogger<CacheDesk> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly ReferenceFactory<ICacheGrain> _entries = new(grains);
    private readonly CacheRest _rest = new(time);
    private readonly FailureLog _asking = new("Asking the response cache", logger);

    /// <summary>Whether there is a cache.</summary>
    public bool IsEnabled => options.Value.Enabled;

    /// <summary>Whether requests neither follow nor are followed.</summary>
    public bool IsAlone => !options.Value.SingleFlight;

    /// <summary>The epoch that answers have to be of; null before it is known.</summary>
    public long? CurrentEpoch => epoch.Value;

    /// <summary>The epoch to ask in; null where the cache is not to be asked now.</summary>
    /// <param name="wasFollowing">The flight that the request followed is lost.</param>
    public long? TryBegin(bool wasFollowing) => CurrentEpoch is { } current && (wasFollowing || !_rest.IsResting) ? current : null;

    /// <summary>How long a request may take to get an answer that is not its own.</summary>
    public CacheDeadline BeginJoin() => new(time, options.Value.JoinTimeout);

    /// <summary>The hash of what a call asks.</summary>
    public string HashOf(ChatCall call) => PromptHash.Of(
        options.Value.Scope == CacheScope.Key ? Owners.Of(call.Request.Owner) : Owners.Global, call.Route.Provider, call.Request);

    /// <summary>Makes a flight that this request will lead, if it is told to.</summary>
    public AnnouncedFlight Announce() => new(flights, leader);

    /// <summary>Takes a seat in a flight; null where it is known to be lost.</summary>
    public FlightReader? TryBoard(string flight) => flights.TryBoard(flight);

    /// <summary>Takes a seat in the call that this silo makes for a prompt without the cache; null where there is none.</summary>
    public FlightReader? TryBoardHere(string promptHash) => flights.TryBoardHere(promptHash);

    /// <summary>
    /// Takes a seat in this silo's own call for a prompt: the one that is under way, or else the announced one, which the request leads then. For when
    /// the cache cannot tell who leads in the cluster.
    /// </summary>
    /// <param name="promptHash">What is asked.</param>
    /// <param name="announced">The flight to lead, if there is no other.</param>
    /// <param name="isFresh">Whether the request may not follow a call that began before it.</param>
    /// <returns>Null: it leads.</returns>
    public FlightReader? TryFollowHere(string promptHash, AnnouncedFlight announced, bool isFresh) => flights.TryFollowHere(
        promptHash, CurrentEpoch is { } current ? GrainKeys.Cache(current, promptHash) : null, announced.Id, isFresh);

    /// <summary>Asks the cache. An outage is logged and answered with null, and the cache is left alone for a while.</summary>
    public async Task<JoinAnswer?> AskAsync(string key, JoinAsk ask, CancellationToken cancellationToken)
    {
        var deadline = new CacheDeadline(time, ask.Lost is null ? options.Value.AskTimeout : options.Value.LostTimeout);
        while (true)
        {
            try
            {
                var answer = await deadline.BoundAsync(_entries.Of(key).JoinAsync(ask), cancellationToken);
                _rest.End();
                _asking.OnSucceeded();
                return answer;
            }
            catch (OrleansMessageRejectionException exception)
            {
                // A silo has just gone; where its grains are now is not known everywhere yet. The others still serve.
                if (deadline.IsOver)
                {
                    _asking.OnFailed(exception);
                    return null;
                }

                await Task.Delay(RetryDelay, time, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                _rest.Begin();
                _asking.OnFailed(exception);
                return null;
            }
        }
    }

    /// <summary>A request has its answer, or will not get it from here.</summary>
    public void OnJoined(ChatCacheResult result) => telemetry.OnRequest(result);
}
