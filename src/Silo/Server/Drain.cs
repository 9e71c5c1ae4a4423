using Microsoft.Extensions.Options;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Silo.Server;

/// <summary>
/// The end of the process, step by step: it is not ready any more; after <see cref="ServerOptions.DrainDelay"/> it takes nothing new; after
/// <see cref="ServerOptions.DrainTimeout"/> what is still under way is ended with an error, and what does not end is cut. Kestrel by itself would
/// wait until the whole time of the shutdown is used up, and the silo after it would end without handing over what it has.
/// </summary>
internal sealed partial class Drain(
    IOptions<ServerOptions> options, Connections connections, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Drain> logger)
    : IDrain, IHostedLifecycleService, IDisposable
{
    // To tell clients that it is over: not for long, since those who do not listen are waited for too.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _over = new();
    private ITimer? _timer;

    public CancellationToken Draining => _closing.Token;

    public CancellationToken Deadline => _over.Token;

    // The first thing in a stop, while the server still listens and every other service still runs.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // Readiness goes by it. Where a signal stops the process, it has fired already.
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
        // Not in line: whatever ends by it must not hold up the cut.
        _ = _over.CancelAsync();
    }

    private void Cut()
    {
        if (connections.Cut() is > 0 and var open)
        {
            LogCut(open);
        }
    }

    [LoggerMessage(LogLevel.Information, "Stopping: not ready for {Delay}, then up to {Timeout} for what is under way")]
    private partial void LogBegun(TimeSpan delay, TimeSpan timeout);

    [LoggerMessage(LogLevel.Warning, "Cutting {Connections} connections that are still open at the end of the drain")]
    private partial void LogCut(int connections);
}
