using System.Globalization;
using Prism.Tests.Processes;

namespace Prism.Bench.Processes;

/// <summary>
/// All that runs: the load generator, the upstream, the floors and Prism as often as it is needed, each started when it is first asked for and
/// ended with this.
/// </summary>
internal sealed class Field : IAsyncDisposable
{
    private readonly string _logs = Directory.CreateTempSubdirectory("prism-bench-").FullName;
    private readonly List<IAsyncDisposable> _running = [];
    private readonly Dictionary<string, ServerProcess> _servers = [];
    private readonly List<PrismProcesses> _prisms = [];

    private Field(IReadOnlyList<PrismBuild> builds)
    {
        Builds = builds;
        Load = Own(new LoadProcess(ServerProcess.StartTalking("load", [.. Self, Roles.Load])));
        Upstream = StartSelf(Roles.Upstream);
    }

    /// <summary>Makes the load.</summary>
    public LoadProcess Load { get; }

    /// <summary>The provider that all proxied calls go to.</summary>
    public ServerProcess Upstream { get; }

    /// <summary>What of Prism is measured.</summary>
    public IReadOnlyList<PrismBuild> Builds { get; }

    /// <summary>Starts what every case needs.</summary>
    /// <param name="builds">What of Prism is measured; more than one are measured against each other.</param>
    public static async Task<Field> StartAsync(IReadOnlyList<PrismBuild> builds)
    {
        var field = new Field(builds);
        await field.Upstream.ReadyAsync();
        return field;
    }

    /// <summary>The bare Kestrel.</summary>
    public Task<ServerProcess> KestrelAsync() => GetAsync(Roles.Kestrel, () => StartSelf(Roles.Kestrel));

    /// <summary>YARP in front of the upstream.</summary>
    public Task<ServerProcess> YarpAsync() =>
        GetAsync(Roles.Yarp, () => StartSelf(Roles.Yarp, Upstream.Port.ToString(CultureInfo.InvariantCulture)));

    /// <summary>nginx in front of the upstream; null where it is not installed.</summary>
    public async Task<ServerProcess?> NginxAsync() => Nginx.IsInstalled
        ? await GetAsync("nginx", () => Own(Nginx.Start(FreePorts.Take(1)[0], Upstream.Port, _logs)))
        : null;

    /// <summary>Starts a Prism of each build.</summary>
    /// <returns>Each with what it is called beside the others; none where it needs a Redis and there is none.</returns>
    public async Task<IReadOnlyList<(string Name, PrismProcesses Prism)>> StartPrismAsync(PrismSetup setup)
    {
        if (setup.OnRedis && !HasRedis)
        {
            return [];
        }

        var started = new List<(string, PrismProcesses)>();
        foreach (var build in Builds)
        {
            started.Add((build.Name, await StartPrismAsync(build, setup)));
        }

        return started;
    }

    /// <summary>Starts a Prism of one build.</summary>
    public async Task<PrismProcesses> StartPrismAsync(PrismBuild build, PrismSetup setup)
    {
        int? redis = setup.OnRedis ? (await GetAsync("redis", () => Own(Redis.Start(FreePorts.Take(1)[0], _logs)))).Port : null;
        var prism = PrismProcesses.Start(build.Directory, setup, Upstream.Port, redis, _logs);
        _prisms.Add(prism);
        return prism;
    }

    /// <summary>Ends every Prism: a case does not share what it measures with the next.</summary>
    public async Task EndPrismsAsync()
    {
        foreach (var prism in _prisms)
        {
            await prism.DisposeAsync();
        }

        _prisms.Clear();
    }

    /// <summary>Whether there is a Redis for cases that need one.</summary>
    public static bool HasRedis => Redis.IsInstalled;

    public async ValueTask DisposeAsync()
    {
        await EndPrismsAsync();
        // The last first: nobody loses what it stands on.
        foreach (var process in Enumerable.Reverse(_running))
        {
            await process.DisposeAsync();
        }

        Directory.Delete(_logs, recursive: true);
    }

    private static string[] Self { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? [Environment.ProcessPath!, typeof(Field).Assembly.Location]
        : [Environment.ProcessPath!];

    private async Task<ServerProcess> GetAsync(string name, Func<ServerProcess> start)
    {
        if (!_servers.TryGetValue(name, out var server))
        {
            _servers[name] = server = start();
            await server.ReadyAsync();
        }

        return server;
    }

    private ServerProcess StartSelf(string role, params string[] arguments)
    {
        var port = FreePorts.Take(1)[0];
        return Own(ServerProcess.Start(role, port, _logs, [.. Self, role, port.ToString(CultureInfo.InvariantCulture), .. arguments]));
    }

    private T Own<T>(T process)
        where T : IAsyncDisposable
    {
        _running.Add(process);
        return process;
    }
}
