using System.Diagnostics;

namespace Prism.Providers.Upstream;

/// <summary>Sends only the W3C trace context upstream: baggage is data of the client, and a client's headers are never sent upstream.</summary>
/// <remarks>Source: https://www.w3.org/TR/trace-context/</remarks>
internal sealed class TraceContextPropagator : DistributedContextPropagator
{
    private const string Parent = "traceparent";
    private const string State = "tracestate";

    public override IReadOnlyCollection<string> Fields { get; } = [Parent, State];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (setter is null || activity is not { IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            return;
        }

        setter(carrier, Parent, id);
        if (activity.TraceStateString is { Length: > 0 } state)
        {
            setter(carrier, State, state);
        }
    }

    // Incoming requests do not use this propagator.
    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
        (traceId, traceState) = (null, null);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
