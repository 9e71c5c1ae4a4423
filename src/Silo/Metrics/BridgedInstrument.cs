using System.Diagnostics.Metrics;
using Prometheus;

namespace Prism.Silo.Metrics;

/// <summary>One instrument of a <see cref="Meter"/> as a collector of the metrics page.</summary>
/// <remarks>Counters are gauges here: an instrument that is created anew begins at zero again.</remarks>
internal sealed class BridgedInstrument
{
    // From 10 ms up. For other units, from 0.01 of them.
    private static readonly double[] Buckets = Histogram.ExponentialBuckets(0.01, 2, 25);

    // Beyond this number of tag combinations, each measurement looks up its child in the registry.
    private const int MostKnown = 64;

    private readonly IMetricFactory _metrics;
    private readonly Action<BridgedInstrument, double, ReadOnlySpan<KeyValuePair<string, object?>>> _record;
    private readonly string _name;
    private readonly string _help;
    private volatile Child[] _known = [];

    private BridgedInstrument(
        Instrument instrument, IMetricFactory metrics, Action<BridgedInstrument, double, ReadOnlySpan<KeyValuePair<string, object?>>> record)
    {
        (_metrics, _record) = (metrics, record);
        _name = NameOf($"{instrument.Meter.Name}_{instrument.Name}");
        var unit = string.IsNullOrWhiteSpace(instrument.Unit) ? "" : $"({instrument.Unit}) ";
        _help = $"{unit}{instrument.Description} ({instrument.GetType().Name})";
    }

    /// <summary>The state of an instrument for a <see cref="MeterListener"/>. It does not keep the instrument alive.</summary>
    public static BridgedInstrument Create(Instrument instrument, IMetricFactory metrics)
    {
        var kind = instrument.GetType();
        var definition = kind.IsGenericType ? kind.GetGenericTypeDefinition() : null;
        return new(instrument, metrics, definition switch
        {
            _ when definition == typeof(Histogram<>) => static (self, value, tags) => ((Histogram.Child)self.ChildOf(tags, HistogramOf)).Observe(value),
            _ when definition == typeof(Counter<>) || definition == typeof(UpDownCounter<>) => static (self, value, tags) => ((Gauge.Child)self.ChildOf(tags, GaugeOf)).Inc(value),
            _ when definition == typeof(ObservableCounter<>) => static (self, value, tags) => ((Gauge.Child)self.ChildOf(tags, GaugeOf)).IncTo(value),
            _ => static (self, value, tags) => ((Gauge.Child)self.ChildOf(tags, GaugeOf)).Set(value),
        });
    }

    /// <summary>Takes a measurement of the instrument with this state.</summary>
    public static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var instrument = (BridgedInstrument)state!;
        try
        {
            instrument._record(instrument, value, tags);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // Prometheus rejects the label. That must not fail the measured code.
        }
    }

    private static Gauge.Child GaugeOf(BridgedInstrument self, string[] names, string[] values) =>
        self._metrics.CreateGauge(self._name, self._help, names).WithLabels(values);

    private static Histogram.Child HistogramOf(BridgedInstrument self, string[] names, string[] values) =>
        self._metrics.CreateHistogram(self._name, self._help, names, new HistogramConfiguration { Buckets = Buckets }).WithLabels(values);

    // Grain calls are measured several times each, and their tags are nearly always known.
    private object ChildOf(ReadOnlySpan<KeyValuePair<string, object?>> tags, Func<BridgedInstrument, string[], string[], object> create)
    {
        var known = _known;
        foreach (var child in known)
        {
            if (child.Has(tags))
            {
                return child.Collector;
            }
        }

        var (names, values) = LabelsOf(tags);
        var collector = create(this, names, values);
        if (known.Length < MostKnown)
        {
            // If two threads add one at once, one addition is lost and is repeated later.
            _known = [.. known, new(tags.ToArray(), collector)];
        }

        return collector;
    }

    // Sorted by name: tags come in any order, labels in one.
    private static (string[] Names, string[] Values) LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return ([], []);
        }

        var (names, values) = (new string[tags.Length], new string[tags.Length]);
        for (var i = 0; i < tags.Length; i++)
        {
            (names[i], values[i]) = (NameOf(tags[i].Key), tags[i].Value?.ToString() ?? "");
        }

        Array.Sort(names, values, StringComparer.Ordinal);
        return (names, values);
    }

    private sealed record Child(KeyValuePair<string, object?>[] Tags, object Collector)
    {
        public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length != Tags.Length)
            {
                return false;
            }

            for (var i = 0; i < tags.Length; i++)
            {
                if (tags[i].Key != Tags[i].Key || !Equals(tags[i].Value, Tags[i].Value))
                {
                    return false;
                }
            }

            return true;
        }
    }

    // Source: https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
    private static string NameOf(string name) => string.Create(name.Length, name, static (target, name) =>
    {
        for (var i = 0; i < name.Length; i++)
        {
            target[i] = char.IsAsciiLetter(name[i]) || (i > 0 && char.IsAsciiDigit(name[i])) ? char.ToLowerInvariant(name[i]) : '_';
        }
    });
}
