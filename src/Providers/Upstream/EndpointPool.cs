using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers.Addressing;

namespace Prism.Providers.Upstream;

/// <summary>
/// The keys and addresses of one provider. A call goes to the one with the fewest calls under way; one that is rate limited, refused or not to
/// be reached is left alone for a while, and the provider as a whole only when all of them are. Of a single one it is only told apart who calls.
/// </summary>
internal sealed partial class EndpointPool
{
    // Where the provider says nothing of how long.
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

    /// <summary>Chooses an endpoint for a call, which is to be disposed after it.</summary>
    public PooledEndpoint Take()
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

    /// <summary>Parks an endpoint, where a failure says that others may do better.</summary>
    /// <returns>
    /// The failure as it is of the provider as a whole: to be tried again at once (<see cref="ChatError.RetryAfter"/> is zero) where there is
    /// another endpoint; where all are parked, when the first of them is not any more.
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

    /// <summary>Leaves none of them alone any more.</summary>
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

    /// <summary>A call is over.</summary>
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

    // By its place in the setting: nothing of a key is in it.
    [LoggerMessage(LogLevel.Warning, "Endpoint {Number} of {Count} of provider {Provider} is left alone for {Duration} ({Kind})")]
    private partial void LogParked(int number, int count, string provider, TimeSpan duration, string kind);
}

/// <summary>An endpoint that a call is made at.</summary>
/// <param name="pool">Where it goes back.</param>
/// <param name="number">Its place in the settings, from 1.</param>
/// <param name="address">Where calls go.</param>
/// <param name="apiKey">With which key; null for none.</param>
/// <param name="keyName">Which key that is, for people.</param>
internal sealed class PooledEndpoint(EndpointPool pool, int number, ICallAddress address, string? apiKey, string? keyName) : IDisposable
{
    public int Number => number;

    public ICallAddress Address => address;

    public string? ApiKey => apiKey;

    public string? KeyName => keyName;

    /// <summary>How many calls are under way.</summary>
    public int Outstanding { get; set; }

    /// <summary>Until when it is left alone, as a timestamp.</summary>
    public long ParkedUntil { get; set; } = long.MinValue;

    /// <summary>A call is over.</summary>
    public void Dispose() => pool.Return(this);
}
