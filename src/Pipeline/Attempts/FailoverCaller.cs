using System.Runtime.CompilerServices;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Attempts;

/// <summary>
/// Gets an answer although a provider fails: asks it again, and then others. Only before the first token: no answer is made of two.
/// Each attempt is admitted and settled on its own by the <see cref="UpstreamCaller"/>.
/// </summary>
internal sealed class FailoverCaller(UpstreamCaller upstream, CircuitBoard circuits, FailoverDesk desk)
{
    /// <summary>Calls for a whole answer, as <see cref="UpstreamCaller.CompleteAsync"/> does.</summary>
    public async Task<ChatOutcome> CompleteAsync(ChatCall call, CancellationToken cancellationToken)
    {
        var started = desk.Now;
        desk.Budget.OnRequestBegun();
        try
        {
            var outcome = await AttemptAsync(call, cancellationToken);
            return outcome.Error is null ? outcome : await CompleteElseAsync(call, outcome, started, cancellationToken);
        }
        finally
        {
            desk.Budget.OnRequestEnded();
        }
    }

    /// <summary>Calls for a streamed answer, as <see cref="UpstreamCaller.StreamAsync"/> does.</summary>
    public async IAsyncEnumerable<ChatStreamEvent> StreamAsync(ChatCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var started = desk.Now;
        var run = default(FailoverRun);
        var answer = default(OpenedStream);
        desk.Budget.OnRequestBegun();
        try
        {
            (answer, var error) = await OpenAsync(call, cancellationToken);
            if (error is not null)
            {
                run = desk.Begin(call, started, cancellationToken);
                answer = await OpenElseAsync(run, error);
            }

            if (answer is null)
            {
                yield return run!.ToError();
                yield break;
            }

            yield return run is null ? answer.Current : new() { Started = run.Mark(answer.Current.Started!) };
            while (await answer.MoveNextAsync())
            {
                yield return answer.Current;
            }
        }
        finally
        {
            desk.Budget.OnRequestEnded();
            if (answer is not null)
            {
                await answer.DisposeAsync();
            }

            run?.Dispose();
        }
    }

    private async Task<ChatOutcome> AttemptAsync(ChatCall call, CancellationToken cancellationToken)
    {
        var (entered, refused) = await circuits.EnterAsync(call.Route.Provider);
        if (entered is null)
        {
            return new() { Error = refused, Route = call.Route with { Attempts = 0 } };
        }

        using var pass = entered;
        var outcome = await upstream.CompleteAsync(call, cancellationToken);
        pass.OnEnded(outcome.Error);
        return outcome;
    }

    private async Task<ChatOutcome> CompleteElseAsync(ChatCall call, ChatOutcome failed, long started, CancellationToken cancellationToken)
    {
        using var run = desk.Begin(call, started, cancellationToken);
        var outcome = failed;
        while (outcome?.Error is { } error && await run.NextAsync(error))
        {
            outcome = await TryCompleteAsync(run);
        }

        return outcome is { Error: null }
            ? outcome with { Route = run.Mark(outcome.Route!) }
            : ReferenceEquals(outcome, failed) ? failed : Failed(run.ToError());
    }

    /// <returns>Null where its time is over.</returns>
    private async Task<ChatOutcome?> TryCompleteAsync(FailoverRun run)
    {
        try
        {
            var outcome = await AttemptAsync(run.Call, run.Token);
            if (outcome.Error is not null || run.TryKeep())
            {
                return outcome;
            }
        }
        catch (OperationCanceledException) when (run.WasCut)
        {
            // As an answer that comes too late.
        }

        run.OnCut();
        return null;
    }

    /// <returns>The answer, or why there is none.</returns>
    private async ValueTask<(OpenedStream? Answer, ChatError? Error)> OpenAsync(ChatCall call, CancellationToken cancellationToken)
    {
        var (pass, refused) = await circuits.EnterAsync(call.Route.Provider);
        if (pass is null)
        {
            return (null, refused);
        }

        var events = upstream.StreamAsync(call, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var answer = new OpenedStream(events, pass);
        var isOpen = false;
        try
        {
            await answer.MoveNextAsync();
            if (answer.Current.Failed is { } error)
            {
                return (null, error);
            }

            pass.OnFirstToken();
            isOpen = true;
            return (answer, null);
        }
        finally
        {
            if (!isOpen)
            {
                await answer.DisposeAsync();
            }
        }
    }

    private async ValueTask<OpenedStream?> OpenElseAsync(FailoverRun run, ChatError failed)
    {
        for (var error = failed; error is not null && await run.NextAsync(error);)
        {
            try
            {
                (var answer, error) = await OpenAsync(run.Call, run.Token);
                if (answer is null)
                {
                    continue;
                }

                if (run.TryKeep())
                {
                    return answer;
                }

                await answer.DisposeAsync();
            }
            catch (OperationCanceledException) when (run.WasCut)
            {
                // As an answer that comes too late.
            }

            run.OnCut();
            return null;
        }

        return null;
    }

    private static ChatOutcome Failed(ChatError error) => new() { Error = error, Route = error.Route };
}
