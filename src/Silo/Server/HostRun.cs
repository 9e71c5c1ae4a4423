using Microsoft.Extensions.Options;
using Prism.Silo.Logging;

namespace Prism.Silo.Server;

/// <summary>
/// Runs a host as <c>RunAsync</c> does, but to an end: where the storage is away, a silo that starts or stops would wait for it for minutes
/// although it is told to go.
/// </summary>
internal static class HostRun
{
    /// <summary>What is said of a process that is told to stop before it has started.</summary>
    public const string StoppedEarly = "prism: stopped while it was starting.";

    // For what the services do although their time to stop is over.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // A start that is cut off: for its services to notice, and for the silo to take its row out of the membership table.
    private static readonly TimeSpan NoticeTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(1);

    /// <summary>Checks the options, starts the host, waits for the signal to stop, and stops it.</summary>
    /// <param name="host">The host.</param>
    /// <param name="stop">The signal, from before the host listened for it itself.</param>
    public static async Task<HostEnd> ToItsEndAsync(IHost host, CancellationToken stop = default)
    {
        var options = host.Services.GetRequiredService<IOptions<HostOptions>>();
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopping = lifetime.ApplicationStopping.Register(() => signal.TrySetResult());
        await using var told = stop.Register(() => OnTold(host, lifetime));
        try
        {
            // The host would check them too, but it logs a failure with its stack.
            host.Services.GetService<IStartupValidator>()?.Validate();
            if (!await StartAsync(host, signal.Task))
            {
                return HostEnd.StoppedEarly;
            }
        }
        catch
        {
            await IsInTimeAsync(DisposeAsync(host), Grace);
            throw;
        }

        await signal.Task;
        return await IsInTimeAsync(StopAsync(host, CancellationToken.None), options.Value.ShutdownTimeout + Grace) ? HostEnd.Stopped : HostEnd.LeftBehind;
    }

    /// <returns>Whether it has started. If not, it was told to stop before, and has been stopped as far as that can be.</returns>
    private static async Task<bool> StartAsync(IHost host, Task signal)
    {
        // The host cancels its start by itself where it is told to stop.
        var start = host.StartAsync();
        if (await Task.WhenAny(start, signal) == start && (!signal.IsCompleted || start.IsCompletedSuccessfully))
        {
            await start;
            return true;
        }

        await IsInTimeAsync(EndedAsync(start), NoticeTime);
        using var leaving = new CancellationTokenSource(LeaveTime);
        await IsInTimeAsync(EndedAsync(StopAsync(host, leaving.Token)), LeaveTime);
        return false;
    }

    private static void OnTold(IHost host, IHostApplicationLifetime lifetime)
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
        {
            host.Services.GetService<LogSwitch>()?.TurnOff();
        }

        lifetime.StopApplication();
    }

    private static async Task StopAsync(IHost host, CancellationToken cancellationToken)
    {
        await host.StopAsync(cancellationToken);
        await DisposeAsync(host);
    }

    private static async Task DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            host.Dispose();
        }
    }

    private static async Task EndedAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task<bool> IsInTimeAsync(Task task, TimeSpan patience)
    {
        try
        {
            await task.WaitAsync(patience);
            return true;
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            return false;
        }
    }
}

/// <summary>How a host has ended.</summary>
internal enum HostEnd
{
    /// <summary>In good order.</summary>
    Stopped = 0,

    /// <summary>Before it had started.</summary>
    StoppedEarly = 1,

    /// <summary>Not in time: it is left as it is, and the end of the process ends it.</summary>
    LeftBehind = 2,
}
