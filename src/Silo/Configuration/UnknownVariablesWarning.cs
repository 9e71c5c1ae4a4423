namespace Prism.Configuration;

/// <summary>Warns at the start of variables that have no effect.</summary>
internal sealed partial class UnknownVariablesWarning(
    IReadOnlyList<UnknownVariable> unknown, ILogger<UnknownVariablesWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var variable in unknown)
        {
            UnknownVariable(logger, variable.Name, variable.Hint);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Warning, "Environment variable {Variable:l} is not a setting of Prism{Hint:l}")]
    private static partial void UnknownVariable(ILogger logger, string variable, string hint);
}
