using System.Diagnostics;
using System.Globalization;

namespace Prism.Bench.Processes;

/// <summary>A process that the bench started. The bench kills no other processes.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly Process _process;
    private readonly long _started;

    private ServerProcess(string name, int port, string logFile, Process process)
    {
        (Name, Port, LogFile, _process) = (name, port, logFile, process);
        _started = Stopwatch.GetTimestamp();
    }

    public string Name { get; }

    /// <summary>Its port on the loopback address.</summary>
    public int Port { get; }

    private string LogFile { get; }

    public bool HasExited => _process.HasExited;

    public StreamWriter Input => _process.StandardInput;

    public StreamReader Output => _process.StandardOutput;

    /// <summary>The processor time of all its threads so far, exact to 10 ms.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Its resident memory in bytes.</summary>
    public long Resident
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts a server. The shell redirects its output to a file: to read it here would cost processor time during a load.</summary>
    public static ServerProcess Start(string name, int port, string logs, IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var logFile = Path.Combine(logs, string.Create(CultureInfo.InvariantCulture, $"{name}-{port}.log"));
        // With exec, the process id is the server's, not the shell's.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1", "sh", logFile, .. command]);
        return Start(name, port, logFile, start, environment);
    }

    /// <summary>Starts a process that the bench uses over standard input and output.</summary>
    public static ServerProcess StartInteractive(string name, IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true };
        return Start(name, 0, "", start, null);
    }

    /// <summary>Waits until the server accepts connections; with a path, until a GET of it succeeds.</summary>
    /// <returns>The time since its start.</returns>
    /// <exception cref="InvalidOperationException">The process has ended, or is not ready after a minute.</exception>
    public async Task<TimeSpan> ReadyAsync(string? path = null)
    {
        using var timer = new PeriodicTimer(Interval);
        while (!await Probe.SucceedsAsync(Port, path))
        {
            if (HasExited || Stopwatch.GetElapsedTime(_started) > Deadline)
            {
                throw new InvalidOperationException($"{Name} is not ready{(HasExited ? $" and has ended with {_process.ExitCode}" : "")}: {Tail()}");
            }

            await timer.WaitForNextTickAsync();
        }

        return Stopwatch.GetElapsedTime(_started);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static ServerProcess Start(string name, int port, string logFile, ProcessStartInfo start, IReadOnlyDictionary<string, string>? environment)
    {
        start.RedirectStandardInput = true;
        foreach (var inherited in start.Environment.Keys.Where(key => key.StartsWith("LLM_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (variable, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[variable] = value;
        }

        return new(name, port, logFile, Process.Start(start)!);
    }

    private string Tail() => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(5)) : "";
}
