namespace Prism.Providers.Telemetry;

/// <summary>What spans may hold. Bound from <c>Prism:Telemetry</c>.</summary>
public sealed class TraceOptions
{
    /// <summary>Whether prompts and answers are on the spans of calls upstream, for whoever may read the traces. Default: false.</summary>
    public bool Content { get; set; }
}
