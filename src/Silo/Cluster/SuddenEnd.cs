using System.Globalization;
using Prism.Silo.Server;

namespace Prism.Silo.Cluster;

/// <summary>
/// Ends the process when the silo cannot go on, mostly because the cluster has declared it dead: at once, in one line, and with an exit code after
/// which a supervisor restarts it. Orleans' own handler prints pages and waits two seconds, in which requests would arrive and fail.
/// </summary>
internal sealed partial class SuddenEnd(StandstillMeter standstill, IProcessEnd process, ILogger<SuddenEnd> logger) : IFatalErrorHandler
{
    private int _ended;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            LogEnd(Explain(context, exception), ExitCodes.LostCluster);
            process.EndNow(ExitCodes.LostCluster);
        }
    }

    private string Explain(string? context, Exception? exception)
    {
        // Orleans passes the cause as English text only, without an exception type or code. If the text changes, the line quotes it instead of a
        // shorter cause.
        var reason = (context ?? "").Contains("newer version of myself", StringComparison.Ordinal) ? "a newer silo has its address and port"
            : (context ?? "").Contains("told I am dead", StringComparison.Ordinal) ? "the cluster has declared it dead"
            : exception?.GetBaseException() is { } cause ? $"{context}: {cause.GetType().Name}: {cause.Message}"
            : context ?? "its runtime has failed";
        var stoodStill = standstill.FindLongest() is { } longest
            ? string.Create(CultureInfo.InvariantCulture, $"; this process was frozen for {longest.TotalSeconds:0.0} s")
            : "";
        return string.Join(' ', (reason + stoodStill).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    [LoggerMessage(LogLevel.Critical, "This silo cannot go on: {Reason:l}. It exits with code {ExitCode}")]
    private partial void LogEnd(string reason, int exitCode);
}
