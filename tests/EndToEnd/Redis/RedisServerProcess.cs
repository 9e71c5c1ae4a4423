using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Prism.Tests.Processes;

namespace Prism.Tests.Redis;

/// <summary>
/// A <c>redis-server</c> of the test's own that writes each change to its disk before it acknowledges it, with the user of docs/operations.md
/// and no other: what that user may not do, no test can.
/// </summary>
internal sealed class RedisServerProcess : TestRedis
{
    private const string Password = "e2e p@ss/word";

    private readonly string _user;
    private readonly string _directory;
    private readonly string _logFile;
    private readonly int _port = FreePorts.Take(1)[0];
    private ChildProcess _process = null!;

    private RedisServerProcess(string logs, string prefix)
    {
        (_directory, _logFile) = (Directory.CreateDirectory(Path.Combine(logs, "redis")).FullName, Path.Combine(logs, "redis.log"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Password)));
        _user = $"prism on #{hash} ~{prefix}/* +@read +@write +@scripting +@transaction +@connection -@dangerous +info";
    }

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, "redis-server")));

    public override string Url => $"redis://prism:{Uri.EscapeDataString(Password)}@127.0.0.1:{_port}";

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
                "--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _directory, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
                "--user", "default", "off", "--user", .. _user.Split(' '),
            ]),
            _logFile);
        await Until.TrueAsync("redis-server listens", TimeSpan.FromSeconds(20), IsListeningAsync);
    }

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
            await client.ConnectAsync("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
