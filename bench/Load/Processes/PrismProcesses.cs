using System.Globalization;
using Prism.Tests.Processes;

namespace Prism.Bench.Processes;

/// <summary>The silos of one Prism, as published.</summary>
internal sealed class PrismProcesses(IReadOnlyList<ServerProcess> silos) : IAsyncDisposable
{
    public IReadOnlyList<ServerProcess> Silos => silos;

    /// <summary>Starts the silos. <see cref="ReadyAsync"/> waits until they are ready.</summary>
    /// <param name="build">The directory with the published service.</param>
    /// <param name="setup">Its configuration.</param>
    /// <param name="upstream">The upstream's port.</param>
    /// <param name="redis">The port of Redis; null: state is kept in memory.</param>
    /// <param name="logs">The directory of its logs.</param>
    public static PrismProcesses Start(string build, PrismSetup setup, int upstream, int? redis, string logs)
    {
        var environment = setup.ToEnvironment(upstream);
        if (redis is { } port)
        {
            var id = "bench-" + Guid.NewGuid().ToString("N")[..8];
            environment["LLM_REDIS_URL"] = string.Create(CultureInfo.InvariantCulture, $"redis://127.0.0.1:{port}");
            (environment["LLM_CLUSTER_ID"], environment["LLM_SERVICE_ID"]) = (id, id);
        }

        return new([.. Enumerable.Range(0, setup.Silos).Select(_ => StartSilo(build, environment, logs))]);
    }

    /// <summary>Waits until all silos are ready.</summary>
    /// <returns>The time from start to ready of the slowest.</returns>
    public async Task<TimeSpan> ReadyAsync() => (await Task.WhenAll(silos.Select(silo => silo.ReadyAsync("/healthz/ready")))).Max();

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in silos)
        {
            await silo.DisposeAsync();
        }
    }

    private static ServerProcess StartSilo(string build, Dictionary<string, string> environment, string logs)
    {
        var ports = FreePorts.Take(4);
        var own = new Dictionary<string, string>(environment);
        foreach (var (variable, port) in ((string, int)[])
            [("LLM_PORT", ports[0]), ("LLM_SILO_PORT", ports[1]), ("LLM_SILO_GATEWAY_PORT", ports[2]), ("LLM_METRICS_PORT", ports[3])])
        {
            own[variable] = port.ToString(CultureInfo.InvariantCulture);
        }

        return ServerProcess.Start("prism", ports[0], logs, ["dotnet", Path.Combine(build, "Prism.Silo.dll")], own);
    }
}
