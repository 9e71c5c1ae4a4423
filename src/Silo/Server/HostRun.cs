using Microsoft.Extensions.Options;
using Prism.Silo.Logging;

namespace Prism.Silo.Server;

/// <summary>
/// Runs a host as <c>RunAsync</c> does, but always to an end: with the storage unavailable, a silo that starts or stops would wait for it for minutes
/// after it was told to exit.
/// </summary>
internal static class HostRun
{
    /// <summary>The message of a process that is stopped before it has started.</summary>
    public const string StoppedEarly = "prism: stopped while it was starting.";

    // For services that continue after the shutdown's time is over.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // For a cancelled start: services notice it, and the silo removes its row from the membership table.
    private static readonly TimeSpan NoticeTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(1);

    /// <summary>Checks the options, starts the host, waits for the signal to stop, and stops it.</summary>
    /// <param name="host">The host.</param>
    /// <param name="stop">The signal, also from before the host listened for it.</param>
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

    /// <returns>Whether it has started. If not, it was stopped before, as far as possible.</returns>
    private static async Task<bool> StartAsync(IHost host, Task signal)
    {
        // The host cancels its start when it is stopped.
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

    /// <summary>Not in time: the end of the process ends it.</summary>
    LeftBehind = 2,
}
