namespace Prism.Grains.Interfaces.Chat;

/// <summary><see cref="IChatService"/> for a process that is only an Orleans client: each call runs in a grain of its own on a silo.</summary>
/// <remarks>
/// The client's response timeout must not be shorter than half of the silos', which is how long a poll may stay unanswered. A caller that
/// pauses its reading for more than twice the silos' response timeout loses the stream to an <c>EnumerationAbortedException</c>.
/// </remarks>
public sealed class ChatGrainClient(IGrainFactory grains) : IChatService
{
    /// <inheritdoc/>
    public async Task<ChatOutcome> CompleteAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        var outcomes = NewCall().CompleteAsync(request, cancellationToken);
        await foreach (var outcome in outcomes.WithCancellation(cancellationToken))
        {
            return outcome;
        }

        throw new InvalidOperationException("The chat grain ended without an outcome.");
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatStreamEvent> StreamAsync(ChatRequest request, CancellationToken cancellationToken) =>
        NewCall().StreamAsync(request, cancellationToken);

    private IChatGrain NewCall() => grains.GetGrain<IChatGrain>(GrainKeys.NewChatCall());
}
