using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Attempts;

/// <summary>
/// Opens an answer even if a provider fails: calls the same target again, and then the fallbacks. Only before the first output: no answer mixes two
/// attempts. <see cref="ProviderCalls"/> admits and settles each attempt separately.
/// </summary>
internal sealed partial class AttemptLoop(
    ProviderCalls providers,
    RetryPolicy retries,
    RetryBudget budget,
    AttemptTelemetry telemetry,
    TimeProvider time,
    ILogger<AttemptLoop> logger)
{
    /// <summary>Opens the answer of the first target that succeeds.</summary>
    /// <returns>The answer, to be disposed. If all targets failed, it has the last error of the requested provider.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Answer> OpenAsync(ChatCall call, bool stream, CancellationToken client)
    {
        var (begun, state, isKept) = (time.GetTimestamp(), default(AttemptState), false);
        budget.OnRequestBegun();
        try
        {
            var (answer, error) = await providers.OpenAsync(call, stream, client);
            while (error is not null)
            {
                state ??= new(this, call, begun, client);
                (answer, error) = await state.NextAsync(error) ? await TryAsync(state, stream) : default;
            }

            if (answer is null)
            {
                return Answer.Failed(state!.ToError());
            }

            isKept = true;
            return answer.Keep(state, budget);
        }
        finally
        {
            if (!isKept)
            {
                budget.OnRequestEnded();
                state?.Dispose();
            }
        }
    }

    /// <summary>The rest of a request's time; negative once it is over.</summary>
    internal TimeSpan LeftOf(ChatCall call, long begun) => call.Snapshot.Attempts.Deadline - time.GetElapsedTime(begun);

    /// <summary>The pause before a target is called again; null if it is not.</summary>
    internal TimeSpan? PauseBefore(ChatCall call, ChatError error, int before) => retries.PauseBefore(call.Snapshot.Attempts, error, before);

    /// <summary>Reserves one of the retries of this silo, if one is free.</summary>
    internal bool TryReserveRetry(string provider, ChatError error)
    {
        if (!budget.TryReserve())
        {
            telemetry.OnRetryDenied(provider);
            return false;
        }

        telemetry.OnRetry(provider, error);
        return true;
    }

    /// <summary>Returns the reserved retry.</summary>
    internal void ReturnRetry() => budget.Return();

    /// <summary>Waits before a retry.</summary>
    internal Task DelayAsync(TimeSpan pause, CancellationToken client) =>
        pause > TimeSpan.Zero ? Task.Delay(pause, time, client) : Task.CompletedTask;

    /// <summary>The deadline of an attempt that is not the first.</summary>
    internal AttemptDeadline BeginAttempt(ChatCall call, long begun, CancellationToken client) =>
        new(LeftOf(call, begun) is { Ticks: > 0 } left ? left : TimeSpan.Zero, time, client);

    /// <summary>A request falls back on another target.</summary>
    internal void OnFallback(AnswerInfo from, AnswerInfo to, ChatError error)
    {
        telemetry.OnFallback(from.Provider, to.Provider);
        LogFallback(from.Provider, error.Kind.ToWord(), to.Provider, to.Model);
    }

    /// <summary>A fallback is skipped, because it cannot serve the request.</summary>
    internal void OnSkipped(AnswerInfo fallback) => LogSkipped(fallback.Provider, fallback.Model);

    /// <returns>Neither if the time for an answer is over.</returns>
    private async ValueTask<(ProviderCall? Answer, ChatError? Error)> TryAsync(AttemptState state, bool stream)
    {
        try
        {
            var (answer, error) = await providers.OpenAsync(state.Call, stream, state.Token);
            if (answer is null || state.TryKeep())
            {
                return (answer, error);
            }

            await answer.DisposeAsync();
        }
        catch (OperationCanceledException) when (state.HasExpired)
        {
            // Handled like an answer that arrives too late.
        }

        state.OnExpired();
        return default;
    }

    [LoggerMessage(LogLevel.Warning, "Provider {Provider} failed a request ({Kind}); the request falls back on {Fallback} with {Model}")]
    private partial void LogFallback(string provider, string kind, string fallback, string model);

    [LoggerMessage(LogLevel.Warning, "Provider {Fallback} with {Model} cannot serve a request that would fall back on it, and is skipped")]
    private partial void LogSkipped(string fallback, string model);
}
