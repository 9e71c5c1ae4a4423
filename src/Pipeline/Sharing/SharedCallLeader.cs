using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.SharedCalls;
using Prism.Grains.SharedCalls;
using Prism.Pipeline.Attempts;

namespace Prism.Pipeline.Sharing;

/// <summary>
/// Makes the upstream call of a shared call: once for all its readers, and only while there are any. It is streamed or whole as its leader requested,
/// so that the upstream call is the same as without sharing; it is converted for readers of the other kind.
/// </summary>
internal sealed partial class SharedCallLeader(AttemptLoop attempts, SharedCallRegistry calls, ILogger<SharedCallLeader> logger)
{
    private static readonly ChatError Fault = new() { Kind = ChatErrorKind.Internal, Message = "The call failed." };

    /// <summary>Begins the upstream call. The frames go to the shared call's log.</summary>
    public void Lead(SharedCall shared, ChatCall call, bool stream)
    {
        // The bytes of the request are released with it.
        call = call with { Request = call.Request.Detach() };
        // Before the request can end: from now on the shared call also spends from its owner's reservation.
        var spending = call.Reservation?.Open();
        // On a thread of the pool: the request may be a grain's turn, which the call outlives.
        _ = BackgroundCall.Begin(() => LeadAsync(shared, call, stream, spending), "A shared call", logger);
    }

    private async Task LeadAsync(SharedCall shared, ChatCall call, bool stream, IDisposable? spending)
    {
        try
        {
            await shared.RunAsync(ReadAsync(call, stream, spending, shared.Abandoned), exception => OnFault(exception, shared.Id));
        }
        catch (OperationCanceledException) when (shared.Abandoned.IsCancellationRequested)
        {
            // There are no readers left.
        }
        finally
        {
            // Only now: until its subscribers have finished, the cache may send others here.
            calls.Remove(shared);
        }
    }

    private async IAsyncEnumerable<AnswerFrame> ReadAsync(
        ChatCall call, bool stream, IDisposable? spending, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var spent = spending;
        await using var answer = await attempts.OpenAsync(call, stream, cancellationToken);
        if (answer.Error is { } error)
        {
            spending?.Dispose();
            yield return (ChatStreamEvent)error;
            yield break;
        }

        if (!answer.IsStreamed)
        {
            // It is complete and settled. Before the readers see the end: their next request finds the permit free.
            spending?.Dispose();
        }

        yield return new ChatStreamEvent { Started = answer.Info };
        while (await answer.NextAsync())
        {
            if (answer.IsAtEnd)
            {
                spending?.Dispose();
            }

            yield return answer.Frame;
        }
    }

    private AnswerFrame OnFault(Exception exception, string call)
    {
        LogFault(exception, call);
        return (ChatStreamEvent)Fault;
    }

    [LoggerMessage(LogLevel.Error, "Shared call {Call} failed")]
    private partial void LogFault(Exception exception, string call);
}
