using Microsoft.Extensions.Logging;

// This is what the ban is for.
#pragma warning disable RS0030

namespace Prism.Grains.Background;

/// <summary>Background work and timer callbacks. An exception of theirs would be lost, or would end the process, so it is logged.</summary>
internal static partial class BackgroundCall
{
    /// <summary>Begins work on a thread of the pool: also where the caller is a grain's turn, which the work outlives.</summary>
    /// <param name="call">The work. It handles the failures that it expects.</param>
    /// <param name="work">The work, as the beginning of a sentence.</param>
    /// <param name="logger">The logger of its owner.</param>
    /// <returns>Its end. It never faults, and need not be awaited.</returns>
    public static Task Begin(Func<Task> call, string work, ILogger logger) => Task.Run(() => GuardAsync(call, work, logger), CancellationToken.None);

    /// <summary>Goes on with work that has begun. Never throws.</summary>
    public static async Task GuardAsync(Func<Task> call, string work, ILogger logger)
    {
        try
        {
            await call();
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception, work);
        }
    }

    /// <summary>Calls a timer's callback. Never throws.</summary>
    public static void Guard(Action call, string work, ILogger logger)
    {
        try
        {
            call();
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception, work);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Work:l} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string work);
}
