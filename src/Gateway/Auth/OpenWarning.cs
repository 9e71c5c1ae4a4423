using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Prism.Gateway.Auth;

/// <summary>Logs once, at the start, that the service is open to every caller.</summary>
internal sealed partial class OpenWarning(Authenticator authenticator, ILogger<OpenWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!authenticator.IsOn)
        {
            LogOpen();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning,
        "Prism is open: every client that reaches it can use it and cause costs. LLM_ADMIN_API_KEY or LLM_API_KEYS turn authentication on")]
    private partial void LogOpen();
}
