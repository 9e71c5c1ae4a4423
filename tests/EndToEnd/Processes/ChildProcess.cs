using System.Diagnostics;
using System.Globalization;

namespace Prism.Tests.Processes;

/// <summary>A process that a test has started, with what it says in a file. Only such processes are ever sent a signal.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <param name="start">What to run; its output is redirected here.</param>
    /// <param name="logFile">Where its output goes, line by line.</param>
    public ChildProcess(ProcessStartInfo start, string logFile)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError, LogFile) = (true, true, logFile);
        _log = new StreamWriter(logFile, append: true) { AutoFlush = true };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Write(line.Data);
        _process.ErrorDataReceived += (_, line) => Write(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string LogFile { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The program that it runs now.</summary>
    public string CommandName => File.ReadAllText($"/proc/{_process.Id}/comm").TrimEnd();

    /// <summary>Ends it without a chance to do anything about it (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end (SIGTERM).</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public async Task<TimeSpan> StopAsync(TimeSpan deadline)
    {
        var began = TimeProvider.System.GetTimestamp();
        await SignalAsync("TERM");
        await _process.WaitForExitAsync().WaitAsync(deadline);
        return TimeProvider.System.GetElapsedTime(began);
    }

    /// <summary>Stops the clock for it (SIGSTOP), as a machine that swaps or a paused VM does.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on (SIGCONT).</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Asks it to end: SIGTERM, or as Ctrl-C does.</summary>
    public Task SignalStopAsync(bool isTerminated) => SignalAsync(isTerminated ? "TERM" : "INT");

    /// <summary>Waits until it has ended by itself.</summary>
    public Task WaitForExitAsync(TimeSpan deadline) => _process.WaitForExitAsync().WaitAsync(deadline);

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        await KillAsync();
        _disposed = true;
        _process.Dispose();
        lock (_gate)
        {
            _log.Dispose();
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private void Write(string? line)
    {
        lock (_gate)
        {
            if (line is not null && _log.BaseStream is not null)
            {
                _log.WriteLine(line);
            }
        }
    }
}
