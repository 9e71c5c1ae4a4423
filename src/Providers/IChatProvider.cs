using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers;

/// <summary>One configured provider: makes a call upstream and reports what came of it. Knows nothing of limits, caches or other providers.</summary>
public interface IChatProvider
{
    /// <summary>How it is configured.</summary>
    ProviderOptions Options { get; }

    /// <summary>By how many tokens the output cap that goes upstream is above the request's own: some vendors count thinking into it.</summary>
    int ExtraOutputTokens(ChatRequest request) => 0;

    /// <summary>
    /// The parameters of a request that this provider has no word for and would refuse it for, as paths (<c>n</c>,
    /// <c>response_format.type</c>). Empty: none, as far as can be told without asking.
    /// </summary>
    ImmutableArray<string> FindUnsupported(ChatRequest request) => [];

    /// <summary>Calls keys and addresses again that it leaves alone for what they answered.</summary>
    void LiftHolds()
    {
    }

    /// <summary>Makes one call and waits for the whole answer.</summary>
    /// <param name="request">With its model set; is sent as it is, or refused where the provider cannot do what it asks.</param>
    /// <param name="cancellationToken">Cancels the call upstream at once.</param>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    Task<ProviderResult> CompleteAsync(ChatRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Makes one call and hands out the answer as it comes: <see cref="ChatStreamEvent.Chunk"/>s, and where it ends incomplete one
    /// <see cref="ChatStreamEvent.Failed"/> as the last event. The usage is on one of the chunks, if the provider tells it.
    /// </summary>
    /// <param name="request">With its model set; is sent as it is, or refused where the provider cannot do what it asks.</param>
    /// <param name="cancellationToken">Cancels the call upstream at once, as does ending the enumeration.</param>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    IAsyncEnumerable<ChatStreamEvent> StreamAsync(ChatRequest request, CancellationToken cancellationToken);
}

/// <summary>How a call ended: either <see cref="Response"/> or <see cref="Error"/> is set.</summary>
public readonly record struct ProviderResult
{
    /// <summary>The answer.</summary>
    public ChatResponse? Response { get; private init; }

    /// <summary>Why there is none.</summary>
    public ChatError? Error { get; private init; }

    /// <summary>A call that ended in <paramref name="response"/>.</summary>
    public static implicit operator ProviderResult(ChatResponse response) => new() { Response = response };

    /// <summary>A call that ended in <paramref name="error"/>.</summary>
    public static implicit operator ProviderResult(ChatError error) => new() { Error = error };
}
