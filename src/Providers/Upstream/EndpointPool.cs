using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers.Addressing;

namespace Prism.Providers.Upstream;

/// <summary>
/// The endpoints of one provider: its keys and addresses. A call goes to the endpoint with the fewest calls in progress. An endpoint that is rate
/// limited, rejected or unreachable is parked for a while; the provider as a whole only fails if all of them are parked. A single endpoint is never
/// parked.
/// </summary>
internal sealed partial class EndpointPool
{
    // The pauses if the provider names no time.
    private static readonly TimeSpan RateLimitPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan QuotaPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan UnreachablePause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly string _provider;
    private readonly ImmutableArray<PooledEndpoint> _all;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private int _turn;

    public EndpointPool(ProviderOptions options, IAddressing addressing, TimeProvider time, ILogger logger)
    {
        (_provider, _time, _logger) = (options.Name, time, logger);
        _all = [.. options.Endpoints.Select((endpoint, index) => new PooledEndpoint(
            this, index + 1, addressing.At(endpoint.BaseUrl), endpoint.ApiKey, endpoint.ApiKey is { } key ? KeyMask.Describe(key, options.ApiKeys) : null))];
    }

    /// <summary>Reserves an endpoint for a call; to be disposed after the call.</summary>
    public PooledEndpoint Reserve()
    {
        if (_all is [var only])
        {
            return only;
        }

        lock (_gate)
        {
            var now = _time.GetTimestamp();
            var best = _all[++_turn % _all.Length];
            for (var i = 1; i < _all.Length; i++)
            {
                var other = _all[(_turn + i) % _all.Length];
                best = IsBetter(other, best, now) ? other : best;
            }

            best.Outstanding++;
            return best;
        }
    }

    /// <summary>Parks an endpoint after a failure that others may not have.</summary>
    /// <returns>
    /// The failure of the provider as a whole: to be retried at once (<see cref="ChatError.RetryAfter"/> is zero) if another endpoint is free; if all
    /// are parked, once the first is free again.
    /// </returns>
    public ChatError OnFailed(PooledEndpoint endpoint, ChatError error)
    {
        if (_all.Length == 1 || PauseAfter(error) is not { } pause)
        {
            return error;
        }

        LogParked(endpoint.Number, _all.Length, _provider, pause, error.Kind.ToWord());
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            endpoint.ParkedUntil = now + (long)(pause.TotalSeconds * _time.TimestampFrequency);
            var soonest = _all.Min(one => one.ParkedUntil);
            return soonest <= now ? error with { RetryAfter = TimeSpan.Zero }
                : error.Kind is ChatErrorKind.RateLimited or ChatErrorKind.QuotaExceeded ? error with { RetryAfter = _time.GetElapsedTime(now, soonest) }
                : error;
        }
    }

    /// <summary>Ends the parking of all endpoints.</summary>
    public void LiftHolds()
    {
        lock (_gate)
        {
            foreach (var endpoint in _all)
            {
                endpoint.ParkedUntil = long.MinValue;
            }
        }
    }

    private static bool IsBetter(PooledEndpoint one, PooledEndpoint other, long now) => (one.ParkedUntil <= now, other.ParkedUntil <= now) switch
    {
        (true, true) => one.Outstanding < other.Outstanding,
        (false, false) => one.ParkedUntil < other.ParkedUntil,
        var (isFree, _) => isFree,
    };

    private static TimeSpan? PauseAfter(ChatError error) => error.Kind switch
    {
        ChatErrorKind.RateLimited => error.RetryAfter ?? RateLimitPause,
        ChatErrorKind.QuotaExceeded => error.RetryAfter ?? QuotaPause,
        ChatErrorKind.UpstreamCredentialsRefused => RefusedPause,
        ChatErrorKind.UpstreamUnreachable or ChatErrorKind.UpstreamConnectTimeout => UnreachablePause,
        _ => null,
    };

    /// <summary>A call has ended.</summary>
    public void Return(PooledEndpoint endpoint)
    {
        if (_all.Length == 1)
        {
            return;
        }

        lock (_gate)
        {
            endpoint.Outstanding--;
        }
    }

    // Names the endpoint by its position in the setting: no part of a key is logged.
    [LoggerMessage(LogLevel.Warning, "Endpoint {Number} of {Count} of provider {Provider} is parked for {Duration} ({Kind})")]
    private partial void LogParked(int number, int count, string provider, TimeSpan duration, string kind);
}

/// <summary>An endpoint of a pool.</summary>
/// <param name="pool">The pool of the endpoint.</param>
/// <param name="number">Its position in the settings, from 1.</param>
/// <param name="address">The addresses of calls.</param>
/// <param name="apiKey">The key; null for none.</param>
/// <param name="keyName">The masked name of the key, for messages.</param>
internal sealed class PooledEndpoint(EndpointPool pool, int number, ICallAddress address, string? apiKey, string? keyName) : IDisposable
{
    public int Number => number;

    public ICallAddress Address => address;

    public string? ApiKey => apiKey;

    public string? KeyName => keyName;

    /// <summary>The calls in progress.</summary>
    public int Outstanding { get; set; }

    /// <summary>The end of its parking, as a timestamp.</summary>
    public long ParkedUntil { get; set; } = long.MinValue;

    /// <summary>A call has ended.</summary>
    public void Dispose() => pool.Return(this);
}
