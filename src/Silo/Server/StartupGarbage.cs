namespace Prism.Silo.Server;

/// <summary>
/// Collects what the start of the process has left behind: a silo that then waits for requests would keep it for as long as it waits.
/// </summary>
internal sealed class StartupGarbage : IHostedLifecycleService
{
    // Once a process: a silo that starts beside others would have them stand still.
    private static int s_collected;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref s_collected, 1) == 0)
        {
            // Aggressive: what it frees goes back to the system. It stops everything for some 20 ms, before there is anything to stop.
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
