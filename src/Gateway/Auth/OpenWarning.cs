using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Prism.Gateway.Auth;

/// <summary>Says once, at the start, that everybody may use the service.</summary>
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
        "Prism is open: whoever reaches it may use it and spend on it. LLM_ADMIN_API_KEY or LLM_API_KEYS turn authentication on")]
    private partial void LogOpen();
}
