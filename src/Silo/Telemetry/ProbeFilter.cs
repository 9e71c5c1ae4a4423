using System.Diagnostics;
using OpenTelemetry;
using Prism.Silo.Logging;

namespace Prism.Silo.Telemetry;

/// <summary>Keeps what probes and scrapers ask, every few seconds, out of the traces.</summary>
internal sealed class ProbeFilter : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server && data.GetTagItem("url.path") is string path && RequestLogging.IsProbe(path))
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
