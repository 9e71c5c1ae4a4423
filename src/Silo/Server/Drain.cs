using Microsoft.Extensions.Options;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Silo.Server;

/// <summary>
/// The shutdown, step by step: the silo is not ready; after <see cref="ServerOptions.DrainDelay"/> it takes no new requests; after <see
/// cref="ServerOptions.DrainTimeout"/> requests in progress end with an error, and connections that stay open are cut. Kestrel by itself would use up
/// the whole time of the shutdown, and the silo would end without handing over its state.
/// </summary>
internal sealed partial class Drain(
    IOptions<ServerOptions> options, Connections connections, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Drain> logger)
    : IDrain, IHostedLifecycleService, IDisposable
{
    // The time to send clients the error: short, because unresponsive clients use all of it.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _over = new();
    private ITimer? _timer;

    public CancellationToken Draining => _closing.Token;

    public CancellationToken Deadline => _over.Token;

    // The first step of a shutdown, while the server still listens and every other service still runs.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // Readiness depends on it. If a signal stops the process, it has been cancelled already.
        lifetime.StopApplication();
        var wait = options.Value;
        LogBegun(wait.DrainDelay, wait.DrainTimeout);
        await Task.Delay(wait.DrainDelay, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _timer = time.CreateTimer(_ => BackgroundCall.Guard(End, "Ending the drain", logger), null, wait.DrainTimeout, Timeout.InfiniteTimeSpan);
        await _closing.CancelAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _timer?.Dispose();
        _closing.Dispose();
        _over.Dispose();
    }

    private void End()
    {
        _timer = time.CreateTimer(_ => BackgroundCall.Guard(Cut, "Cutting connections", logger), null, LastWords, Timeout.InfiniteTimeSpan);
        // Not awaited: its callbacks must not delay the cut.
        _ = _over.CancelAsync();
    }

    private void Cut()
    {
        if (connections.Cut() is > 0 and var open)
        {
            LogCut(open);
        }
    }

    [LoggerMessage(LogLevel.Information, "Shutting down: not ready for {Delay}, then up to {Timeout} for requests in progress")]
    private partial void LogBegun(TimeSpan delay, TimeSpan timeout);

    [LoggerMessage(LogLevel.Warning, "Cutting {Connections} connections that are still open at the end of the drain")]
    private partial void LogCut(int connections);
}
