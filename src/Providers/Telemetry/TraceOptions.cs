namespace Prism.Providers.Telemetry;

/// <summary>The content of spans. Bound from <c>Prism:Telemetry</c>.</summary>
public sealed class TraceOptions
{
    /// <summary>Whether the spans of upstream calls include prompts and answers, for all readers of the traces. Default: false.</summary>
    public bool Content { get; set; }
}
