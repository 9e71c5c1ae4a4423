using System.Runtime.CompilerServices;
using Prism.Chat;

namespace Prism.Failover;

/// <summary>
/// Gets an answer although a provider fails: asks it again, and then others. Only before the first token: no answer is made of two.
/// Each attempt is admitted and settled on its own by the <see cref="UpstreamCaller"/>.
/// </summary>
internal sealed class FailoverCaller(UpstreamCaller upstream, FailoverDesk desk)
{
    /// <summary>Calls for a whole answer, as <see cref="UpstreamCaller.CompleteAsync"/> does.</summary>
    public async Task<ChatOutcome> CompleteAsync(ChatCall call, CancellationToken cancellationToken)
    {
        var started = desk.Now;
        desk.Budget.OnRequestBegun();
        try
        {
            var outcome = await upstream.CompleteAsync(call, cancellationToken);
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
        var events = default(IAsyncEnumerator<ChatStreamEvent>);
        desk.Budget.OnRequestBegun();
        try
        {
            (events, var error) = await OpenAsync(call, cancellationToken);
            if (error is not null)
            {
                run = desk.Begin(call, started, cancellationToken);
                events = await OpenElseAsync(run, error);
            }

            if (events is null)
            {
                yield return run!.ToError();
                yield break;
            }

            yield return run is null ? events.Current : new() { Started = run.Mark(events.Current.Started!) };
            while (await events.MoveNextAsync())
            {
                yield return events.Current;
            }
        }
        finally
        {
            desk.Budget.OnRequestEnded();
            if (events is not null)
            {
                await events.DisposeAsync();
            }

            run?.Dispose();
        }
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
            var outcome = await upstream.CompleteAsync(run.Call, run.Token);
            return outcome.Error is not null || run.TryKeep() ? outcome : null;
        }
        catch (OperationCanceledException) when (run.WasCut)
        {
            return null;
        }
    }

    /// <returns>A stream that stands at its first event, or why there is none.</returns>
    private async ValueTask<(IAsyncEnumerator<ChatStreamEvent>? Events, ChatError? Error)> OpenAsync(
        ChatCall call, CancellationToken cancellationToken)
    {
        var events = upstream.StreamAsync(call, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var isOpen = false;
        try
        {
            await events.MoveNextAsync();
            isOpen = events.Current.Failed is null;
            return isOpen ? (events, null) : (null, events.Current.Failed);
        }
        finally
        {
            if (!isOpen)
            {
                await events.DisposeAsync();
            }
        }
    }

    private async ValueTask<IAsyncEnumerator<ChatStreamEvent>?> OpenElseAsync(FailoverRun run, ChatError failed)
    {
        for (var error = failed; error is not null && await run.NextAsync(error);)
        {
            try
            {
                (var events, error) = await OpenAsync(run.Call, run.Token);
                if (events is null)
                {
                    continue;
                }

                if (run.TryKeep())
                {
                    return events;
                }

                await events.DisposeAsync();
            }
            catch (OperationCanceledException) when (run.WasCut)
            {
                return null;
            }
        }

        return null;
    }

    private static ChatOutcome Failed(ChatError error) => new() { Error = error, Route = error.Route };
}
