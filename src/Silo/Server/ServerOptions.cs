namespace Prism.Silo.Server;

/// <summary>Where the API is and what it takes. Bound from <c>Prism</c>.</summary>
internal sealed class ServerOptions
{
    /// <summary>The address to listen at: an IP address, <c>localhost</c>, or <c>*</c> for all. Default: <c>0.0.0.0</c>.</summary>
    public string Host { get; set; } = "0.0.0.0";

    /// <summary>The port of the API; 0 for any free one. Default: 8000.</summary>
    public int Port { get; set; } = 8000;

    /// <summary>The longest request body, in bytes. Default: 4 MiB.</summary>
    public long MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How many connections a port has at the same time; more are closed at once. Default: 10000.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>How long the headers of a request may take, and the first byte of a new connection. Default: 10 s.</summary>
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How fast a body has to come and to be taken, in bytes a second, after a grace: 5 s for requests, and for responses
    /// <see cref="Gateway.Overload.OverloadOptions.StreamWriteTimeout"/>. Default: 240.
    /// </summary>
    public int MinDataRate { get; set; } = 240;

    /// <summary>The longest time from SIGTERM to the end of the process. Default: 40 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>For how long of <see cref="ShutdownTimeout"/> it goes on as before, only that it is not ready any more. Default: 0.</summary>
    public TimeSpan DrainDelay { get; set; }

    /// <summary>How much of <see cref="ShutdownTimeout"/> the requests under way have to finish after that. Default: 25 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(25);
}
