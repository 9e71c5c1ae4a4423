using Microsoft.Extensions.Options;

namespace Prism.Server;

/// <summary>
/// Runs a host as <c>RunAsync</c> does, but to an end: where the storage is away, a silo that starts or stops would wait for it for minutes
/// although it is told to go.
/// </summary>
internal static class HostRun
{
    // For a start that is nearly done, and for what the services do although their time to stop is over.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Checks the options, starts the host, waits for the signal to stop, and stops it.</summary>
    /// <returns>Whether it has stopped. If not, it is left as it is: the end of the process ends it.</returns>
    public static async Task<bool> ToItsEndAsync(IHost host)
    {
        var options = host.Services.GetRequiredService<IOptions<HostOptions>>();
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration =
            host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(signal.SetResult);
        try
        {
            // The host would check them too, but it logs a failure with its stack.
            host.Services.GetService<IStartupValidator>()?.Validate();
            if (!await StartAsync(host, signal.Task))
            {
                return true;
            }
        }
        catch
        {
            await IsInTimeAsync(DisposeAsync(host), Grace);
            throw;
        }

        await signal.Task;
        return await IsInTimeAsync(StopAsync(host), options.Value.ShutdownTimeout + Grace);
    }

    /// <returns>Whether it has started. If not, it was told to stop before, and there is nothing to hand over.</returns>
    private static async Task<bool> StartAsync(IHost host, Task signal)
    {
        var start = host.StartAsync();
        if (await Task.WhenAny(start, signal) == signal && !await IsInTimeAsync(EndedAsync(start), Grace))
        {
            return false;
        }

        if (signal.IsCompleted && !start.IsCompletedSuccessfully)
        {
            await IsInTimeAsync(DisposeAsync(host), Grace);
            return false;
        }

        await start;
        return true;
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync();
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
