namespace Prism.Silo.Server;

/// <summary>The API's address and the server's limits. Bound from <c>Prism</c>.</summary>
internal sealed class ServerOptions
{
    /// <summary>The address to listen at: an IP address, <c>localhost</c>, or <c>*</c> for all. Default: <c>0.0.0.0</c>.</summary>
    public string Host { get; set; } = "0.0.0.0";

    /// <summary>The port of the API; 0 for any free one. Default: 8000.</summary>
    public int Port { get; set; } = 8000;

    /// <summary>The longest request body, in bytes. Default: 4 MiB.</summary>
    public long MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most connections of a port. More are closed at once. Default: 10000.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>The longest time for the headers of a request, and for the first byte of a new connection. Default: 10 s.</summary>
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The lowest rate at which a body is sent or read, in bytes per second, after a grace: 5 s for requests, and for responses
    /// <see cref="Pipeline.OverloadOptions.StreamWriteTimeout"/>. Default: 240.
    /// </summary>
    public int MinDataRate { get; set; } = 240;

    /// <summary>The longest time from SIGTERM to the end of the process. Default: 40 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>The first part of <see cref="ShutdownTimeout"/>: requests are served, but the silo is not ready. Default: 0.</summary>
    public TimeSpan DrainDelay { get; set; }

    /// <summary>The next part of <see cref="ShutdownTimeout"/>: requests in progress finish. Default: 25 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(25);
}
