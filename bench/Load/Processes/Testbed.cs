using System.Globalization;
using Prism.Tests.Processes;

namespace Prism.Bench.Processes;

/// <summary>
/// The processes of the bench: load generator, upstream, bare Kestrel, YARP, nginx, Redis and Prism. A process starts when a case first needs it
/// and is killed at the end.
/// </summary>
internal sealed class Testbed : IAsyncDisposable
{
    private readonly string _logs = Directory.CreateTempSubdirectory("prism-bench-").FullName;
    private readonly List<IAsyncDisposable> _running = [];
    private readonly Dictionary<string, ServerProcess> _servers = [];
    private readonly List<PrismProcesses> _prisms = [];

    private Testbed(IReadOnlyList<PrismBuild> builds)
    {
        Builds = builds;
        Load = Own(new LoadProcess(ServerProcess.StartInteractive("load", [.. Self, Roles.Load])));
        Upstream = StartSelf(Roles.Upstream);
    }

    /// <summary>The load generator.</summary>
    public LoadProcess Load { get; }

    /// <summary>The upstream of all proxied calls.</summary>
    public ServerProcess Upstream { get; }

    /// <summary>The builds of Prism that are measured.</summary>
    public IReadOnlyList<PrismBuild> Builds { get; }

    /// <summary>Starts the processes that every case needs.</summary>
    /// <param name="builds">The builds of Prism that are measured. Several builds are compared with each other.</param>
    public static async Task<Testbed> StartAsync(IReadOnlyList<PrismBuild> builds)
    {
        var testbed = new Testbed(builds);
        await testbed.Upstream.ReadyAsync();
        return testbed;
    }

    /// <summary>The bare Kestrel.</summary>
    public Task<ServerProcess> KestrelAsync() => GetAsync(Roles.Kestrel, () => StartSelf(Roles.Kestrel));

    /// <summary>YARP in front of the upstream.</summary>
    public Task<ServerProcess> YarpAsync() =>
        GetAsync(Roles.Yarp, () => StartSelf(Roles.Yarp, Upstream.Port.ToString(CultureInfo.InvariantCulture)));

    /// <summary>nginx in front of the upstream; null if it is not installed.</summary>
    public async Task<ServerProcess?> NginxAsync() => Nginx.IsInstalled
        ? await GetAsync("nginx", () => Own(Nginx.Start(FreePorts.Take(1)[0], Upstream.Port, _logs)))
        : null;

    /// <summary>Starts a Prism of each build.</summary>
    /// <returns>Each with the name of its build; empty if the setup needs Redis and Redis is not installed.</returns>
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

    /// <summary>Kills every Prism: each case measures processes of its own.</summary>
    public async Task EndPrismsAsync()
    {
        foreach (var prism in _prisms)
        {
            await prism.DisposeAsync();
        }

        _prisms.Clear();
    }

    /// <summary>Whether Redis is installed. Some cases need it.</summary>
    public static bool HasRedis => Redis.IsInstalled;

    public async ValueTask DisposeAsync()
    {
        await EndPrismsAsync();
        // In reverse order: a process may depend on those started before it.
        foreach (var process in Enumerable.Reverse(_running))
        {
            await process.DisposeAsync();
        }

        Directory.Delete(_logs, recursive: true);
    }

    private static string[] Self { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? [Environment.ProcessPath!, typeof(Testbed).Assembly.Location]
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
