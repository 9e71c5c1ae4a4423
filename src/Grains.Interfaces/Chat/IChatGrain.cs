namespace Prism.Grains.Interfaces.Chat;

/// <summary>
/// The request pipeline for in-cluster clients; the key is an id of the call (<see cref="GrainKeys.NewChatCall"/>).
/// Most callers want <see cref="ChatGrainClient"/>, which puts <see cref="IChatService"/> in front of it.
/// </summary>
[Alias("prism.IChatGrain")]
[GrainInterfaceType("prism.IChatGrain")]
public interface IChatGrain : IGrainWithStringKey
{
    /// <summary>
    /// Makes one call; yields exactly one outcome. It is a sequence because that is how Orleans lets a caller wait for longer than a grain
    /// call's response timeout (an LLM may take minutes): the enumerator polls, and no single grain call stays open.
    /// </summary>
    [Alias("complete")]
    IAsyncEnumerable<ChatOutcome> CompleteAsync(ChatRequest request, CancellationToken cancellationToken = default);

    /// <summary>Makes one call and yields the answer as it comes. See <see cref="IChatService.StreamAsync"/>.</summary>
    [Alias("stream")]
    IAsyncEnumerable<ChatStreamEvent> StreamAsync(ChatRequest request, CancellationToken cancellationToken = default);
}
