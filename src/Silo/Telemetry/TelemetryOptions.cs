namespace Prism.Silo.Telemetry;

/// <summary>The destination of traces and metrics. Bound from <c>Prism:Telemetry</c>.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>The OTLP collector (<c>http://collector:4317</c>); null: no traces. Default: null.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The protocol. Default: gRPC.</summary>
    public OpenTelemetry.Exporter.OtlpExportProtocol Protocol { get; set; }
}
