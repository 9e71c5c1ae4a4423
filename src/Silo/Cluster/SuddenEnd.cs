namespace Prism.Cluster;

/// <summary>
/// Ends the process where the silo cannot go on: the others hold it for dead. Orleans' own handler waits two seconds before it does the
/// same, in which requests would still come in and find nothing that works.
/// </summary>
internal sealed partial class SuddenEnd(ILogger<SuddenEnd> logger) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        LogEnd(exception, context);
        Environment.FailFast(context, exception);
    }

    [LoggerMessage(LogLevel.Critical, "This silo cannot go on and ends: {Reason:l}")]
    private partial void LogEnd(Exception? exception, string? reason);
}
