namespace Prism.Silo.Server;

/// <summary>
/// The lifetime of a host that does not listen for signals itself: <see cref="StopSignals"/> has listened since before the host existed, and two
/// listeners would race.
/// </summary>
internal sealed class SignalLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
