using Microsoft.Extensions.Logging;

namespace Prism.Grains.Background;

/// <summary>
/// Logs the failures of work that is repeated: one line when it begins to fail, one for each further kind of failure, one when it is over. The
/// stack is at level debug. Thread-safe.
/// </summary>
/// <param name="work">The work, as the beginning of a sentence: "Reading the epoch of the cache".</param>
/// <param name="logger">The logger of its owner.</param>
internal sealed partial class FailureLog(string work, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _said = [];
    private volatile bool _failing;

    /// <summary>Whether the work failed the last time.</summary>
    public bool IsFailing => _failing;

    /// <summary>The work has failed.</summary>
    public void OnFailed(Exception exception)
    {
        var cause = exception.GetBaseException();
        lock (_lock)
        {
            _failing = true;
            if (_said.Add(cause.GetType().FullName!))
            {
                LogFailing(work, cause.GetType().Name, OneLine(cause.Message));
            }
        }

        LogStack(exception, work);
    }

    /// <summary>The work has succeeded.</summary>
    public void OnSucceeded()
    {
        // Read first: this is called after each success.
        if (!_failing)
        {
            return;
        }

        lock (_lock)
        {
            if (_failing)
            {
                _failing = false;
                _said.Clear();
                LogRecovered(work);
            }
        }
    }

    private static string OneLine(string message) => string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    [LoggerMessage(LogLevel.Warning, "{Work:l} fails and is retried ({Failure:l}: {Reason:l})")]
    private partial void LogFailing(string work, string failure, string reason);

    [LoggerMessage(LogLevel.Debug, "{Work:l} failed")]
    private partial void LogStack(Exception exception, string work);

    [LoggerMessage(LogLevel.Information, "{Work:l} succeeds again")]
    private partial void LogRecovered(string work);
}
