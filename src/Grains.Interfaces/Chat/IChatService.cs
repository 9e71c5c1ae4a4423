namespace Prism.Grains.Interfaces.Chat;

/// <summary>
/// Answers chat calls. On a silo this is the request pipeline itself; in a process that is only an Orleans client it is
/// <see cref="ChatGrainClient"/>. Expected failures are values; an exception is a bug, a lost cluster, or a cancellation.
/// </summary>
public interface IChatService
{
    /// <summary>Makes one call and waits for the whole answer.</summary>
    /// <param name="request">The call; its <see cref="ChatRequest.Stream"/> is not looked at.</param>
    /// <param name="cancellationToken">Cancels the call upstream at once.</param>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    Task<ChatOutcome> CompleteAsync(ChatRequest request, CancellationToken cancellationToken);

    /// <summary>Makes one call and hands out the answer as it comes. Ending the enumeration early cancels the call upstream.</summary>
    /// <param name="request">The call; its <see cref="ChatRequest.Stream"/> is not looked at.</param>
    /// <param name="cancellationToken">Cancels the call upstream at once.</param>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    IAsyncEnumerable<ChatStreamEvent> StreamAsync(ChatRequest request, CancellationToken cancellationToken);
}
