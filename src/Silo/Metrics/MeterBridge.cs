using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Prism.Silo.Metrics;

/// <summary>Copies the <see cref="Meter"/>s of Orleans, Kestrel and the runtime to this host's metrics page.</summary>
/// <remarks>
/// Names and types are those of prometheus-net's <c>MeterAdapter</c>. That one keeps every instrument in a static table, and with an instrument of
/// Orleans its whole silo: a process that has had several silos would keep them all.
/// </remarks>
internal sealed class MeterBridge(
    CollectorRegistry registry, IMetricFactory metrics, IMeterFactory meters, IOptions<MetricsOptions> options)
    : IHostedService, IDisposable
{
    private static readonly FrozenSet<string> Meters = FrozenSet.Create("Microsoft.Orleans", "Microsoft.AspNetCore.Server.Kestrel");

    // Measured for each request, in both directions, with many labels: a sixth of the cost of a proxied request.
    private static readonly FrozenSet<string> HttpMeters =
        FrozenSet.Create("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Routing", "System.Net.Http", "System.Net.NameResolution");

    // How each call finds its grain: several a call, without use for an operator.
    private const string OfEveryLookup = "orleans-directory-lookups-";

    // The other runtime metrics are in prometheus-net's own process metrics already, or without use for an operator.
    private static readonly FrozenSet<string> RuntimeInstruments = FrozenSet.Create(
        "dotnet.exceptions",
        "dotnet.gc.heap.total_allocated",
        "dotnet.gc.last_collection.heap.size",
        "dotnet.gc.pause.time",
        "dotnet.monitor.lock_contentions",
        "dotnet.thread_pool.queue.length",
        "dotnet.thread_pool.thread.count",
        "dotnet.thread_pool.work_item.count",
        "dotnet.timer.count");

    private readonly MeterListener _listener = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Enabled)
        {
            DotNetStats.Register(registry);
            Listen();
            registry.AddBeforeCollectCallback(_listener.RecordObservableInstruments);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    private void Listen()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsWanted(instrument))
            {
                listener.EnableMeasurementEvents(instrument, BridgedInstrument.Create(instrument, metrics));
            }
        };
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => BridgedInstrument.Record(state, value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => BridgedInstrument.Record(state, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => BridgedInstrument.Record(state, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => BridgedInstrument.Record(state, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => BridgedInstrument.Record(state, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => BridgedInstrument.Record(state, value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => BridgedInstrument.Record(state, (double)value, tags));
        _listener.Start();
    }

    private bool IsWanted(Instrument instrument) =>
        (instrument.Meter.Name == "System.Runtime" ? RuntimeInstruments.Contains(instrument.Name)
            : Meters.Contains(instrument.Meter.Name) || (options.Value.Http && HttpMeters.Contains(instrument.Meter.Name)))
        && !instrument.Name.StartsWith(OfEveryLookup, StringComparison.Ordinal)
        // Another host in this process has its own Kestrel.
        && (instrument.Meter.Scope is null || instrument.Meter.Scope == meters);
}
