namespace Prism.Server;

/// <summary>Where the API is and what it takes. Bound from <c>Prism</c>.</summary>
internal sealed class ServerOptions
{
    /// <summary>The address to listen at: an IP address, <c>localhost</c>, or <c>*</c> for all. Default: <c>0.0.0.0</c>.</summary>
    public string Host { get; set; } = "0.0.0.0";

    /// <summary>The port of the API; 0 for any free one. Default: 8000.</summary>
    public int Port { get; set; } = 8000;

    /// <summary>The longest request body, in bytes. Default: 4 MiB.</summary>
    public long MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The longest time from SIGTERM to the end of the process. Default: 25 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How much of <see cref="ShutdownTimeout"/> the requests under way have to finish. Default: 15 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
