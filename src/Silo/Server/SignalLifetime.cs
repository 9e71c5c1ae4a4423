namespace Prism.Silo.Server;

/// <summary>
/// The lifetime of a host that listens for no signal itself: <see cref="StopSignals"/> has listened since before there was a host, and two listeners
/// would race.
/// </summary>
internal sealed class SignalLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
