namespace Prism.Silo.Metrics;

/// <summary>The metrics page. Bound from <c>Prism:Metrics</c>.</summary>
internal sealed class MetricsOptions
{
    /// <summary>Whether <c>/metrics</c> is served. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The port that serves only <c>/metrics</c>; 0 for any free one. Default: 9090.</summary>
    public int Port { get; set; } = 9090;

    /// <summary>Whether the page requires the admin key on <see cref="Port"/> too, as it does on the API's. Default: false.</summary>
    public bool Auth { get; set; }

    /// <summary>Whether the page includes the request metrics of ASP.NET Core and .NET's HTTP client. Default: false.</summary>
    public bool Http { get; set; }
}
