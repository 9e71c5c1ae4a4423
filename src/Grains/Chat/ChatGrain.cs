using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Grains.Chat;

/// <summary>
/// The request pipeline for in-cluster clients. One activation a call, on the silo that the client is connected to: a call has no state
/// worth a hop. Not a stateless worker, whose workers cannot be enumerated (each call may reach another one).
/// </summary>
[PreferLocalPlacement]
internal sealed partial class ChatGrain(IChatService chat, ChatGrainCalls calls, IDrain drain, ILogger<ChatGrain> logger)
    : Grain, IChatGrain, IIncomingGrainCallFilter
{
    private bool _hasBegun;

    public async IAsyncEnumerable<ChatOutcome> CompleteAsync(
        ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _hasBegun = true;
        using var call = calls.Begin();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, drain.Deadline);
        ChatOutcome outcome;
        try
        {
            outcome = await chat.CompleteAsync(request, end.Token);
        }
        catch (OperationCanceledException) when (IsShuttingDown(cancellationToken))
        {
            outcome = new() { Error = ChatError.ShuttingDown };
        }

        LogEnded(outcome.Route, outcome.Error, outcome.Response?.Usage);
        yield return outcome;
    }

    public async IAsyncEnumerable<ChatStreamEvent> StreamAsync(
        ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _hasBegun = true;
        using var call = calls.Begin();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, drain.Deadline);
        await using var events = chat.StreamAsync(request, end.Token).GetAsyncEnumerator(CancellationToken.None);
        AnswerInfo? route = null;
        while (await NextAsync(events, cancellationToken) is { } streamEvent)
        {
            route = streamEvent.Started ?? route;
            if (streamEvent is { Completed: not null } or { Failed: not null })
            {
                LogEnded(route, streamEvent.Failed, streamEvent.Completed);
            }

            yield return streamEvent;
            if (streamEvent.Failed is not null)
            {
                yield break;
            }
        }
    }

    /// <summary>Ends the activation with its call.</summary>
    /// <remarks>
    /// Not at the end of the sequence: whatever came of it, Orleans' client then still sends a DisposeAsync (after a cancellation more than
    /// one), which would make a new activation only to be told so. Not after every other call either: timers' ticks come by here too.
    /// </remarks>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        finally
        {
            // Also where the call ends by throwing, as one does that is cancelled. Orleans' message that it is cancelled may come after the end, to a
            // new activation, which nobody would end: it has nothing to do either.
            if (context.MethodName == nameof(IAsyncEnumerableGrainExtension.DisposeAsync) || !_hasBegun)
            {
                DeactivateOnIdle();
            }
        }
    }

    private async ValueTask<ChatStreamEvent?> NextAsync(IAsyncEnumerator<ChatStreamEvent> events, CancellationToken caller)
    {
        try
        {
            return await events.MoveNextAsync() ? events.Current : default(ChatStreamEvent?);
        }
        catch (OperationCanceledException) when (IsShuttingDown(caller))
        {
            return ChatError.ShuttingDown;
        }
    }

    private bool IsShuttingDown(CancellationToken caller) => drain.Deadline.IsCancellationRequested && !caller.IsCancellationRequested;

    private void LogEnded(AnswerInfo? route, ChatError? error, ChatUsage? usage) =>
        LogEnded(this.GetPrimaryKeyString(), route?.Provider, route?.Model, error?.Kind.ToWord(), usage?.TotalTokens, usage?.CostOf(route));

    [LoggerMessage(LogLevel.Information, "Chat call {CallId} to {Provider} {Model} ended: error {Error}, {Tokens} tokens, USD {CostUsd}")]
    private partial void LogEnded(string callId, string? provider, string? model, string? error, int? tokens, decimal? costUsd);
}
