using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Prism.Tests.Processes;

/// <summary>A real Prism, as it is deployed: <c>dotnet Prism.Silo.dll</c> with an environment, on ports of its own.</summary>
internal sealed class PrismProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopDeadline = Patience.Limit;

    private readonly ChildProcess _process;

    private PrismProcess(string name, string address, int[] ports, ChildProcess process)
    {
        (Name, SiloPort, GatewayPort, _process) = (name, ports[1], ports[2], process);
        Http = new HttpClient { BaseAddress = new($"http://{address}:{ports[0]}") };
    }

    public string Name { get; }

    public int SiloPort { get; }

    public int GatewayPort { get; }

    /// <summary>A client of its API, without retries; the admin, where there is one.</summary>
    public HttpClient Http { get; }

    public string LogFile => _process.LogFile;

    /// <summary>What it has said so far, on both outputs.</summary>
    public async Task<string[]> ReadLinesAsync()
    {
        await using var file = new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public bool HasExited => _process.HasExited;

    /// <summary>The program that the process runs: its wrapper's until that has made way for the silo.</summary>
    public string CommandName => _process.CommandName;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts it. That it is up is for <see cref="ReadyAsync"/>.</summary>
    /// <param name="name">What its log is called.</param>
    /// <param name="logs">The directory for that.</param>
    /// <param name="launch">What is run, and where.</param>
    /// <param name="environment">Its <c>LLM_…</c> variables, over those for ports.</param>
    public static PrismProcess Start(string name, string logs, SiloLaunch launch, IEnumerable<(string Name, string Value)> environment)
    {
        var ports = FreePorts.Take(3);
        string[] command = [.. launch.Wrapper, "dotnet", launch.SiloPath, .. launch.Arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = Path.GetDirectoryName(launch.SiloPath) };
        foreach (var inherited in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(key => key.StartsWith("LLM_", StringComparison.Ordinal)))
        {
            start.Environment.Remove(inherited);
        }

        (string Name, string Value)[] own =
        [
            ("LLM_HOST", launch.Address),
            ("LLM_PORT", $"{ports[0]}"),
            ("LLM_SILO_PORT", $"{ports[1]}"),
            ("LLM_SILO_GATEWAY_PORT", $"{ports[2]}"),
            ("LLM_ADVERTISED_IP", launch.Address),
            ("LLM_METRICS_ENABLED", "false"),
            ("LLM_DASHBOARD_ENABLED", "false"),
            // On a starved machine the first use of what is stored may take longer than a client should wait.
            ("LLM_STORAGE_TIMEOUT", "60"),
            // It lives for seconds: the profiles that its code is compiled by once more come too late for it.
            ("DOTNET_TieredPGO", "0"),
        ];
        foreach (var (variable, value) in own.Concat(environment))
        {
            start.Environment[variable] = value;
        }

        var silo = new PrismProcess(name, launch.Address, ports, new ChildProcess(start, Path.Combine(logs, name + ".log")));
        if (start.Environment.TryGetValue("LLM_ADMIN_API_KEY", out var key))
        {
            silo.Http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        return silo;
    }

    /// <summary>Waits until it serves.</summary>
    public Task ReadyAsync() => Until.TrueAsync($"{Name} is ready", async () =>
        HasExited ? throw new InvalidOperationException($"{Name} has ended with {ExitCode}.") : await AnswersAsync("/healthz/ready"));

    /// <summary>Whether a path is answered with 200 at once.</summary>
    public async Task<bool> AnswersAsync(string path)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            using var response = await Http.GetAsync(path, patience.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The status of each silo that it knows, by the port that silos reach each other at.</summary>
    public async Task<Dictionary<int, string>> GetSilosAsync()
    {
        var health = await Http.GetFromJsonAsync<JsonElement>("/health");
        return health.GetProperty("cluster").GetProperty("silos").EnumerateArray().ToDictionary(
            silo => PortOf(silo.GetProperty("address").GetString()!),
            silo => silo.GetProperty("status").GetString()!);
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>SIGTERM, and waits for the end.</summary>
    public Task<TimeSpan> StopAsync() => _process.StopAsync(StopDeadline);

    /// <summary>SIGTERM or SIGINT, and no wait.</summary>
    public Task SignalStopAsync(bool isTerminated) => _process.SignalStopAsync(isTerminated);

    /// <summary>SIGSTOP.</summary>
    public Task FreezeAsync() => _process.FreezeAsync();

    /// <summary>SIGCONT.</summary>
    public Task ThawAsync() => _process.ThawAsync();

    /// <summary>Waits until it has ended by itself.</summary>
    public Task WaitForExitAsync(TimeSpan deadline) => _process.WaitForExitAsync(deadline);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }

    // S127.0.0.1:11111:154439744 or 127.0.0.1:11111@154439744
    private static int PortOf(string address) => int.Parse(address.Split(':', '@')[1], System.Globalization.CultureInfo.InvariantCulture);
}
