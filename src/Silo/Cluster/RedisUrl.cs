using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Prism.Silo.Cluster;

/// <summary>
/// The address of a Redis, as its own tools write it: <c>redis://[user:password@]host[:port][/db]</c>, <c>rediss://</c> for TLS. Special characters
/// in a user or a password are percent-encoded.
/// </summary>
internal sealed record RedisUrl
{
    private const int DefaultPort = 6379;

    private RedisUrl(string host, int port) => (Host, Port) = (host, port);

    /// <summary>A name or an IP address, without brackets.</summary>
    public string Host { get; }

    public int Port { get; }

    public string? User { get; private init; }

    public string? Password { get; private init; }

    /// <summary><see cref="Password"/> as it is written in the URL.</summary>
    public string? EscapedPassword { get; private init; }

    public int Database { get; private init; }

    public bool IsTls { get; private init; }

    /// <summary>Reads a URL.</summary>
    /// <returns>The URL, or the problem as the end of a sentence. It quotes nothing of the text, which may be the password.</returns>
    public static (RedisUrl? Url, string? Problem) TryParse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("redis" or "rediss")
            || uri.Host.Length == 0
            || uri.Port == 0
            || text.Any(char.IsWhiteSpace))
        {
            return (null, "has to be redis://[user:password@]host:port[/db], or rediss:// for TLS");
        }

        if (text.AsSpan().ContainsAny('?', '#'))
        {
            return (null, "must not have a query or a fragment in it; a ? or # in a password is written %3F or %23");
        }

        var database = 0;
        if (uri.AbsolutePath.Trim('/') is { Length: > 0 } path
            && !int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out database))
        {
            return (null, "has to end with the number of a database, or with the port");
        }

        var (user, password) = uri.UserInfo.Split(':', 2) is [var name, var secret] ? (name, secret) : ("", uri.UserInfo);
        return user.Length > 0 && password.Length == 0
            ? (null, "has a user without a password")
            : (new RedisUrl(uri.IdnHost, uri.Port < 0 ? DefaultPort : uri.Port)
            {
                User = user.Length > 0 ? Uri.UnescapeDataString(user) : null,
                Password = password.Length > 0 ? Uri.UnescapeDataString(password) : null,
                EscapedPassword = password.Length > 0 ? password : null,
                Database = database,
                IsTls = uri.Scheme == "rediss",
            }, null);
    }

    /// <summary>Options of the client: it never gives up, and reconnects within about a second once Redis is available.</summary>
    public ConfigurationOptions ToClientOptions() => new()
    {
        EndPoints = { IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port) : new DnsEndPoint(Host, Port) },
        User = User,
        Password = Password,
        DefaultDatabase = Database,
        Ssl = IsTls,
        SslHost = IsTls ? Host : null,
        ClientName = "prism",
        AbortOnConnectFail = false,
        ConnectTimeout = 2000,
        AsyncTimeout = 3000,
        SyncTimeout = 3000,
        ReconnectRetryPolicy = new ExponentialRetry(250, 1000),
        // One Redis, not masters that elect a leader. Without these options, the client would use keys and channels outside Prism's prefix.
        TieBreaker = "",
        ConfigurationChannel = "",
        CommandMap = CommandMap.Create(["SUBSCRIBE", "CONFIG", "CLUSTER", "SENTINEL"], available: false),
    };

    /// <summary>For people, without user and password.</summary>
    public override string ToString() => $"{Host}:{Port}/{Database}";
}
