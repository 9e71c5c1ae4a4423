using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Attempts;

/// <summary>What the requests of this silo share when providers fail them.</summary>
internal sealed partial class FailoverDesk(
    IOptions<FailoverOptions> options,
    RetryPolicy retries,
    RetryBudget budget,
    AttemptTelemetry telemetry,
    TimeProvider time,
    ILogger<FailoverDesk> logger)
{
    /// <summary>How many retries may be under way.</summary>
    public RetryBudget Budget => budget;

    /// <summary>The present, for <see cref="Begin"/>.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>A request whose first attempt has failed.</summary>
    /// <param name="call">What it asked.</param>
    /// <param name="started">When it began.</param>
    /// <param name="caller">Fires when its caller leaves.</param>
    public FailoverRun Begin(in ChatCall call, long started, CancellationToken caller) => new(this, call, started, caller);

    /// <summary>What is left of a request's time; less than nothing where it is over.</summary>
    public TimeSpan LeftOf(long started) => options.Value.Deadline - time.GetElapsedTime(started);

    /// <summary>The pause before a provider is asked again; null where it is not.</summary>
    public TimeSpan? PauseBefore(ChatError error, int before) => retries.PauseBefore(error, before);

    /// <summary>Takes a place among the retries, where there is one.</summary>
    public bool TryTakeRetry(string provider, ChatError error)
    {
        if (!budget.TryTake())
        {
            telemetry.OnRetryDenied(provider);
            return false;
        }

        telemetry.OnRetry(provider, error);
        return true;
    }

    /// <summary>Waits before a retry.</summary>
    public Task DelayAsync(TimeSpan pause, CancellationToken caller) =>
        pause > TimeSpan.Zero ? Task.Delay(pause, time, caller) : Task.CompletedTask;

    /// <summary>The clock over an attempt that is not the first.</summary>
    public AttemptDeadline BeginAttempt(long started, CancellationToken caller) =>
        new(LeftOf(started) is { Ticks: > 0 } left ? left : TimeSpan.Zero, time, caller);

    /// <summary>A request goes on to another provider.</summary>
    public void OnFallback(ChatRoute from, ChatRoute to, ChatError error)
    {
        telemetry.OnFallback(from.Provider, to.Provider);
        LogFallback(from.Provider, error.Kind.ToWord(), to.Provider, to.Model);
    }

    /// <summary>A fallback is passed over, for it could not serve the request.</summary>
    public void OnPassedOver(ChatRoute fallback) => LogPassedOver(fallback.Provider, fallback.Model);

    [LoggerMessage(LogLevel.Warning, "Provider {Provider} failed a request ({Kind}), which falls back on {Fallback} with {Model}")]
    private partial void LogFallback(string provider, string kind, string fallback, string model);

    [LoggerMessage(LogLevel.Warning, "Provider {Fallback} with {Model} cannot serve a request that fell back on it, and is passed over")]
    private partial void LogPassedOver(string fallback, string model);
}
