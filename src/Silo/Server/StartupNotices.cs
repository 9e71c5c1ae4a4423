namespace Prism.Silo.Server;

/// <summary>A notice for the operator at the start.</summary>
/// <param name="Text">A sentence without the value of a secret.</param>
internal sealed record StartupNotice(string Text);

/// <summary>Logs each <see cref="StartupNotice"/> in a line.</summary>
internal sealed partial class StartupNotices(IEnumerable<StartupNotice> notices, ILogger<StartupNotices> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var notice in notices)
        {
            LogNotice(notice.Text);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "{Notice:l}")]
    private partial void LogNotice(string notice);
}
