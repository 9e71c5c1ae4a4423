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
    /// Not at the end of the sequence: in any case, Orleans' client still sends a DisposeAsync then (after a cancellation more than one), which would
    /// create a new activation only to answer it. Not after every other call either: timers' ticks come by here too.
    /// </remarks>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        finally
        {
            // Also if the call ends with an exception, as a cancelled one does. Orleans' cancellation message may arrive after the end, at a new
            // activation. That one has nothing to do and would otherwise never end.
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
