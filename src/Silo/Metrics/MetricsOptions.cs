namespace Prism.Silo.Metrics;

/// <summary>The metrics page. Bound from <c>Prism:Metrics</c>.</summary>
internal sealed class MetricsOptions
{
    /// <summary>Whether there is <c>/metrics</c>. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The port that serves <c>/metrics</c> and nothing else; 0 for any free one. Default: 9090.</summary>
    public int Port { get; set; } = 9090;

    /// <summary>Whether the page takes the admin key on <see cref="Port"/> too, as it does on the API's. Default: false.</summary>
    public bool Auth { get; set; }

    /// <summary>Whether the page has what ASP.NET Core and .NET's HTTP client measure of each request. Default: false.</summary>
    public bool Http { get; set; }
}
