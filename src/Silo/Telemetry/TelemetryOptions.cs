namespace Prism.Silo.Telemetry;

/// <summary>Where traces and measurements go. Bound from <c>Prism:Telemetry</c>.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>The OTLP collector (<c>http://collector:4317</c>); null: nothing is traced. Default: null.</summary>
    public string? Endpoint { get; set; }

    /// <summary>How it is spoken to. Default: gRPC.</summary>
    public OpenTelemetry.Exporter.OtlpExportProtocol Protocol { get; set; }
}
