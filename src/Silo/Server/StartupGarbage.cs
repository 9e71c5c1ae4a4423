namespace Prism.Silo.Server;

/// <summary>
/// Collects the garbage of the process's start, which an idle silo would keep.
/// </summary>
internal sealed class StartupGarbage : IHostedLifecycleService
{
    // Once a process: a silo that starts beside others would pause them.
    private static int s_collected;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref s_collected, 1) == 0)
        {
            // Aggressive: freed memory returns to the system. It pauses the process for some 20 ms, before there are requests.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
