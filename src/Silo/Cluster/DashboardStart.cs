namespace Prism.Silo.Cluster;

/// <summary>
/// Starts the Orleans dashboard once the silo is active. By default it starts beside the silo, calls grains that no silo hosts yet, and logs each of
/// these calls with its stack. The start of the process does not wait for it.
/// </summary>
internal sealed partial class DashboardStart(IHostedService dashboard, ILogger<DashboardStart> logger) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    // Every hosted service has started by now, including the silo.
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _ = StartDashboardAsync();
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await dashboard.StopAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private async Task StartDashboardAsync()
    {
        // Not awaited: its first calls must not delay the start.
        await Task.Yield();
        try
        {
            await dashboard.StartAsync(_stopping.Token);
        }
        catch (Exception exception)
        {
            if (!_stopping.IsCancellationRequested)
            {
                LogFailed(exception.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The Orleans dashboard did not start: {Reason}")]
    private partial void LogFailed(string reason);
}

/// <summary>Replaces the dashboard's own start by <see cref="DashboardStart"/>.</summary>
internal static class DashboardStartExtensions
{
    private const string DashboardService = "Orleans.Dashboard.DashboardHost";

    /// <exception cref="InvalidOperationException">This version of the dashboard starts in another way.</exception>
    public static ISiloBuilder StartDashboardLater(this ISiloBuilder silo)
    {
        var own = silo.Services.Single(service => service.ServiceType == typeof(IHostedService)
            && service.ImplementationFactory?.GetType().GenericTypeArguments[^1].FullName == DashboardService);
        silo.Services.Remove(own);
        silo.Services.AddHostedService(services => new DashboardStart(
            (IHostedService)own.ImplementationFactory!(services), services.GetRequiredService<ILogger<DashboardStart>>()));
        return silo;
    }
}
