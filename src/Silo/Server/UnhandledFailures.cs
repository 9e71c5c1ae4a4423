using System.Runtime.ExceptionServices;

namespace Prism.Silo.Server;

/// <summary>
/// The last net under callbacks of timers, threads and <c>async void</c> methods, those of packages too: what they throw is logged in one line, and does
/// not end the process with all requests in it.
/// </summary>
internal static partial class UnhandledFailures
{
    /// <summary>To be called once in a process.</summary>
    public static void Log(ILogger logger) => ExceptionHandling.SetUnhandledExceptionHandler(exception =>
    {
        var cause = exception.GetBaseException();
        LogFailed(logger, cause.GetType().Name, string.Join(' ', cause.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)));
        LogStack(logger, exception);
        return true;
    });

    [LoggerMessage(LogLevel.Error, "Work in the background failed and is given up ({Failure:l}: {Reason:l})")]
    private static partial void LogFailed(ILogger logger, string failure, string reason);

    [LoggerMessage(LogLevel.Debug, "The stack of it")]
    private static partial void LogStack(ILogger logger, Exception exception);
}
