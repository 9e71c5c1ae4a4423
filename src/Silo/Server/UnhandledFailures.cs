using System.Runtime.ExceptionServices;

namespace Prism.Silo.Server;

/// <summary>
/// The last handler of exceptions in callbacks of timers, threads and <c>async void</c> methods, including those of packages: it logs them in one
/// line, and the process continues.
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

    [LoggerMessage(LogLevel.Error, "Background work failed and is abandoned ({Failure:l}: {Reason:l})")]
    private static partial void LogFailed(ILogger logger, string failure, string reason);

    [LoggerMessage(LogLevel.Debug, "Its stack")]
    private static partial void LogStack(ILogger logger, Exception exception);
}
