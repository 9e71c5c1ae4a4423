using System.Diagnostics;

namespace Prism.Silo.Telemetry;

/// <summary>
/// Continues the trace of a client if nothing else does. The server starts activities for a collector or a listener only. Without one, the ids of a
/// client's trace still belong on log lines and upstream calls. A request without a trace has no activity.
/// </summary>
/// <remarks>Source: https://www.w3.org/TR/trace-context/</remarks>
internal static class ClientTrace
{
    /// <returns>The started activity; null if there is no trace to continue.</returns>
    public static Activity? Continue(HttpRequest request)
    {
        if (Activity.Current is not null || request.Headers.TraceParent is not [{ } parent])
        {
            return null;
        }

        var state = request.Headers.TraceState.ToString();
        return ActivityContext.TryParse(parent, state.Length > 0 ? state : null, isRemote: true, out var trace)
            ? new Activity("request").SetParentId(trace.TraceId, trace.SpanId, trace.TraceFlags).With(trace.TraceState).Start()
            : null;
    }

    private static Activity With(this Activity activity, string? state)
    {
        activity.TraceStateString = state;
        return activity;
    }
}
