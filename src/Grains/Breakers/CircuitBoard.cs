using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Quotas;
using Prism.Grains.Settings;
using Prism.Providers;

namespace Prism.Grains.Breakers;

/// <summary>
/// This silo's circuits of all providers. It reports their changes to the providers' grains, and applies the changes that the grains
/// report: in their answers, and through the observers of the leases.
/// </summary>
internal sealed partial class CircuitBoard
{
    // One request waits for this. Others are rejected meanwhile.
    private static readonly TimeSpan AskTimeout = TimeSpan.FromMilliseconds(500);

    // By name: a provider keeps its circuit when its configuration changes.
    private readonly ConcurrentDictionary<string, Circuit> _circuits = new(StringComparer.Ordinal);
    private readonly ISettings<BreakerOptions> _settings;
    private readonly ProviderLeases _leases;
    private readonly BreakerTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger<CircuitBoard> _logger;

    public CircuitBoard(
        IProviderSource providers,
        ProviderLeases leases,
        ISettings<BreakerOptions> settings,
        BreakerTelemetry telemetry,
        TimeProvider time,
        ILogger<CircuitBoard> logger)
    {
        (_leases, _settings, _telemetry, _time, _logger) = (leases, settings, telemetry, time, logger);
        foreach (var provider in providers.Current.All)
        {
            Of(provider.Options.Name);
        }
    }

    /// <summary>The current time, for <see cref="ElapsedSince"/>.</summary>
    public long Now => _time.GetTimestamp();

    /// <summary>The time that has passed since.</summary>
    public TimeSpan ElapsedSince(long begun) => _time.GetElapsedTime(begun);

    /// <summary>The circuit of a provider.</summary>
    public Circuit Of(string provider) => _circuits.TryGetValue(provider, out var circuit) ? circuit : Open(provider);

    /// <summary>
    /// Lets a call through, or rejects it with <see cref="ChatErrorKind.UpstreamUnavailable"/>. While the circuit is closed, it calls no grain.
    /// </summary>
    public ValueTask<(CircuitPass? Pass, ChatError? Refused)> EnterAsync(string provider)
    {
        var circuit = Of(provider);
        return circuit.State == CircuitState.Closed ? new((new CircuitPass(this, circuit, null), null)) : TryEnterAsync(circuit);
    }

    /// <summary>A call has ended.</summary>
    public void OnCall(Circuit circuit, bool failed, long version, ChatErrorKind? failure)
    {
        if (circuit.OnCall(failed, version))
        {
            _telemetry.OnState(circuit.Provider, circuit.State);
            Report(circuit, new() { Kind = CircuitNewsKind.Tripped, Version = version, Failure = failure });
        }
        else if (circuit.MustWatch())
        {
            Report(circuit, new() { Kind = CircuitNewsKind.Watching, Version = version });
        }
    }

    /// <summary>A probe has ended.</summary>
    /// <param name="circuit">The circuit of its provider.</param>
    /// <param name="probe">Its number; empty for one that the cluster does not know of.</param>
    /// <param name="failed">Null if the call does not count for or against the provider.</param>
    /// <param name="failure">How it failed.</param>
    public void OnProbe(Circuit circuit, Guid probe, bool? failed, ChatErrorKind? failure)
    {
        if (probe != Guid.Empty)
        {
            var kind = failed switch
            {
                true => CircuitNewsKind.ProbeFailed,
                false => CircuitNewsKind.ProbeSucceeded,
                null => CircuitNewsKind.ProbeAbandoned,
            };
            Report(circuit, new() { Kind = kind, Version = circuit.Version, Probe = probe, Failure = failure });
        }
        else if (failed is { } known)
        {
            circuit.OnOwnProbe(known);
            _telemetry.OnState(circuit.Provider, circuit.State);
        }
    }

    /// <summary>An operator has closed the circuit of a provider.</summary>
    public void Reset(string provider, CircuitStatus status)
    {
        Of(provider).Reset(status);
        _telemetry.OnState(provider, CircuitState.Closed);
    }

    private Circuit Open(string provider)
    {
        var circuit = _circuits.GetOrAdd(provider, name => new Circuit(name, _settings.Current, _time));
        _leases.SourceOf(provider).CircuitHeard = status => OnHeard(circuit, status);
        _telemetry.OnState(provider, circuit.State);
        return circuit;
    }

    private async ValueTask<(CircuitPass? Pass, ChatError? Refused)> TryEnterAsync(Circuit circuit)
    {
        var entry = circuit.TryEnter();
        if (entry.MayPass)
        {
            return (new(this, circuit, null), null);
        }

        if (!entry.MayAsk)
        {
            return (null, Refuse(circuit, entry.RetryAfter));
        }

        var probe = Guid.NewGuid();
        var status = await ReportAsync(circuit, new() { Kind = CircuitNewsKind.ProbeWanted, Version = circuit.Version, Probe = probe });
        circuit.OnAsked(status);
        return status switch
        {
            null => (new(this, circuit, Guid.Empty), null),
            { MayProbe: true } => (new(this, circuit, probe), null),
            { State: CircuitState.Closed } => (new(this, circuit, null), null),
            _ => (null, Refuse(circuit, status.RetryAfter ?? entry.RetryAfter)),
        };
    }

    private static ChatError Refuse(Circuit circuit, TimeSpan retryAfter) => new()
    {
        Kind = ChatErrorKind.UpstreamUnavailable,
        Message = $"Provider '{circuit.Provider}' has been failing and is not called for a while.",
        RetryAfter = retryAfter,
    };

    // Not awaited, and on a thread of the pool: the request may be a grain's turn, and must continue.
    private void Report(Circuit circuit, CircuitNews news) =>
        _ = BackgroundCall.Begin(() => ReportAsync(circuit, news), "Reporting a circuit to the cluster", _logger);

    /// <returns>Null if the cluster could not be reached.</returns>
    private async Task<CircuitStatus?> ReportAsync(Circuit circuit, CircuitNews news)
    {
        try
        {
            var status = await _leases.SourceOf(circuit.Provider).ReportAsync(news).WaitAsync(AskTimeout, _time);
            OnHeard(circuit, status);
            return status;
        }
        catch (Exception exception)
        {
            LogNotTold(exception, circuit.Provider, news.Kind);
            return null;
        }
    }

    private void OnHeard(Circuit circuit, CircuitStatus status)
    {
        if (circuit.Apply(status))
        {
            _telemetry.OnState(circuit.Provider, status.State);
            LogHeard(circuit.Provider, status.State, status.Version);
        }
    }

    // The incident itself is logged once for all silos, by the provider's grain.
    [LoggerMessage(LogLevel.Debug, "The circuit of provider {Provider} is {State} (change {Version})")]
    private partial void LogHeard(string provider, CircuitState state, long version);

    [LoggerMessage(LogLevel.Warning, "The circuit of provider {Provider} could not be read or reported ({Kind})")]
    private partial void LogNotTold(Exception exception, string provider, CircuitNewsKind kind);
}
