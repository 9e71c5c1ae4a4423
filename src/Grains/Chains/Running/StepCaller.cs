using System.Text.Json;
using Microsoft.Extensions.Logging;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Running;

/// <summary>
/// Makes the call of a step, through the same pipeline as any other: renders the prompt, waits for limits, and retries as the step is configured.
/// Knows nothing of the run around it.
/// </summary>
internal sealed partial class StepCaller(
    IChatService chat, TemplateEngine engine, ITemplateRunner runner, TimeProvider time, ILogger<StepCaller> logger)
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);

    // The wait before a limit that reports no time, and the shortest before one that does.
    private static readonly TimeSpan PauseAtLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    // An exception is a bug or a broken machine, and often a machine that is about to be left. The run must not fail at once.
    private const int MostExceptions = 3;

    /// <summary>Makes a call, with its waits and retries.</summary>
    /// <param name="step">The step.</param>
    /// <param name="owner">The owner of the run.</param>
    /// <param name="values">The values that its templates see.</param>
    /// <param name="item">The element, of a step with <c>for_each</c>.</param>
    /// <param name="key">The upstream id of the call.</param>
    /// <param name="onPiece">Is given each piece of the answer.</param>
    /// <param name="cancellationToken">Ends it, upstream too.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public async Task<StepOutcome> CallAsync(
        PlannedStep step,
        string owner,
        StepValues values,
        JsonElement? item,
        string key,
        Action<string> onPiece,
        CancellationToken cancellationToken)
    {
        // Once, whatever the result: all attempts send the same.
        var (messages, error) = await runner.RunAsync(
            Owners.Of(owner), token => StepPrompt.Render(engine, step, values, item, token), cancellationToken);
        if (error is not null)
        {
            return new() { Error = error };
        }

        ChatUsage? usage = null;
        for (var attempt = 1; ; attempt++)
        {
            // The answer to a key that has failed may be that failure again.
            var request = StepRequest.Create(step.Step, owner, messages, attempt == 1 ? key : $"{key}-{attempt}", isRetry: attempt > 1);
            var answer = await AttemptAsync(step, request, onPiece, cancellationToken);
            usage = Usages.Add(usage, answer.Usage);
            var (output, failure) = answer.ToOutput(step.AnswersJson);
            if (failure is null || attempt >= step.MaxAttempts || !IsWorthRetrying(failure))
            {
                return new() { Output = output, Error = failure, Attempts = attempt, Route = answer.Route, Usage = usage };
            }

            await Task.Delay(BackoffOf(step, attempt), time, cancellationToken);
        }
    }

    private async Task<StepAnswer> AttemptAsync(
        PlannedStep step, ChatRequest request, Action<string> onPiece, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(step.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var started = time.GetTimestamp();
        try
        {
            for (var exceptions = 0; ;)
            {
                var answer = await AskAsync(step, request, onPiece, exceptions, either.Token);
                exceptions += answer is null ? 1 : 0;
                var pause = answer is null ? PauseAtLimit : PauseBefore(answer.Error);
                if (answer is not null && (pause is null || time.GetElapsedTime(started) + pause >= step.Timeout))
                {
                    return answer;
                }

                await Task.Delay(pause!.Value, time, either.Token);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return StepAnswer.Failed(ChainErrors.TimedOut(step.Timeout));
        }
    }

    /// <returns>Null where something has thrown that may pass.</returns>
    private async Task<StepAnswer?> AskAsync(
        PlannedStep step, ChatRequest request, Action<string> onPiece, int exceptions, CancellationToken cancellationToken)
    {
        var answer = new StepAnswer();
        try
        {
            await foreach (var streamEvent in chat.StreamAsync(request, cancellationToken))
            {
                if (answer.Add(streamEvent) is { } piece)
                {
                    onPiece(piece);
                }
            }

            return answer;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogThrew(exception, step.Name);
            return exceptions + 1 < MostExceptions ? null : StepAnswer.Failed(ChainErrors.Internal());
        }
    }

    // A budget that reports no time is not filled again soon.
    private static TimeSpan? PauseBefore(ChatError? error) => error switch
    {
        // The death of a silo is no failure of a step, of another one neither.
        { Code: ChatError.SiloLost } => ShortestPause,
        {
            Kind: ChatErrorKind.RateLimited or ChatErrorKind.QuotaExceeded or ChatErrorKind.Overloaded or ChatErrorKind.UpstreamUnavailable,
            RetryAfter: { } wait,
        } =>
            wait > ShortestPause ? wait : ShortestPause,
        { Kind: ChatErrorKind.RateLimited or ChatErrorKind.Overloaded } => PauseAtLimit,
        _ => null,
    };

    private static bool IsWorthRetrying(ChatError error) => error.Kind is not (
        ChatErrorKind.InvalidRequest or ChatErrorKind.ModelNotFound or ChatErrorKind.RequestTooLarge or ChatErrorKind.Unprocessable
        or ChatErrorKind.UpstreamCredentialsRefused or ChatErrorKind.PermissionDenied);

    private static TimeSpan BackoffOf(PlannedStep step, int attempt)
    {
        var backoff = step.Backoff * Math.Pow(2, attempt - 1);
        return backoff < LongestBackoff ? backoff : LongestBackoff;
    }

    [LoggerMessage(LogLevel.Error, "The call of step {Step} failed with an exception")]
    private partial void LogThrew(Exception exception, string step);
}
