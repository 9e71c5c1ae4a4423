namespace Prism.Silo.Server;

/// <summary>Something that the operator is to know of at the start.</summary>
/// <param name="Text">A sentence; no value of a secret is in it.</param>
internal sealed record StartupNotice(string Text);

/// <summary>Says the <see cref="StartupNotice"/>s, each in a line.</summary>
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
