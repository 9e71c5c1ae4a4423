using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Prism.Tests.Processes;
using StackExchange.Redis;

namespace Prism.Tests.Redis;

/// <summary>
/// A <c>redis-server</c> of the test's own that writes each change to its disk before it acknowledges it, with the user of docs/operations.md:
/// what that user may not do, no silo can. A second user is the test's, its operator.
/// </summary>
internal sealed class RedisServerProcess : TestRedis
{
    private const string Password = "e2e p@ss/word";
    private const string Operator = "operator";

    private readonly string _user;
    private readonly string _directory;
    private readonly string _logFile;
    private ChildProcess _process = null!;

    private RedisServerProcess(string logs, string prefix)
    {
        (_directory, _logFile) = (Directory.CreateDirectory(Path.Combine(logs, "redis")).FullName, Path.Combine(logs, "redis.log"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Password)));
        _user = $"prism on #{hash} ~{prefix}/* +@read +@write +@scripting +@transaction +@connection -@dangerous +info";
    }

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, "redis-server")));

    /// <summary>Where it listens, at the loopback address.</summary>
    public int Port { get; } = FreePorts.Take(1)[0];

    public override string Url => $"redis://prism:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}";

    public override string Kind => "redis-server";

    public static async Task<RedisServerProcess> RunAsync(string logs, string prefix)
    {
        var redis = new RedisServerProcess(logs, prefix);
        await redis.ComeBackAsync();
        return redis;
    }

    public override async Task GoAwayAsync() => await _process.DisposeAsync();

    public override async Task ComeBackAsync()
    {
        _process = new ChildProcess(
            new ProcessStartInfo("redis-server",
            [
                "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _directory, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
                "--user", "default", "off", "--user", .. _user.Split(' '), "--user", Operator, "on", ">" + Operator, "~*", "+@all",
            ]),
            _logFile);
        await Until.TrueAsync("redis-server listens", Patience.Limit, IsListeningAsync);
    }

    /// <summary>Stops the clock for it: it answers nothing, and its connections stay.</summary>
    public Task FreezeAsync() => _process.FreezeAsync();

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => _process.ThawAsync();

    /// <summary>Has it have no memory left for writes, or as much as it likes.</summary>
    public Task SetFullAsync(bool isFull) => RunAsync("CONFIG", "SET", "maxmemory", isFull ? "1" : "0");

    /// <summary>Has it be a replica, which takes no writes, or its own master again.</summary>
    public Task SetReplicaAsync(bool isReplica) => isReplica ? RunAsync("REPLICAOF", "127.0.0.1", "1") : RunAsync("REPLICAOF", "NO", "ONE");

    /// <summary>Has it start again with nothing of what it knew, as one that keeps nothing on its disk does.</summary>
    public async Task LoseAllAsync()
    {
        await GoAwayAsync();
        Directory.Delete(_directory, recursive: true);
        Directory.CreateDirectory(_directory);
        await ComeBackAsync();
    }

    /// <summary>Runs a command as its operator, who may do what no silo may.</summary>
    public async Task RunAsync(string command, params object[] arguments)
    {
        await using var redis = await ConnectAsync();
        await redis.GetServers()[0].ExecuteAsync(command, arguments);
    }

    /// <summary>A connection of its operator.</summary>
    public Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync(
        new ConfigurationOptions { EndPoints = { { "127.0.0.1", Port } }, User = Operator, Password = Operator, AllowAdmin = true });

    public override ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<bool> IsListeningAsync()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"redis-server has ended; see {_logFile}.");
        }

        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
