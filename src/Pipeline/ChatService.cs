using System.Runtime.CompilerServices;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline;

/// <summary>The pipeline for chains, and for grains that clients in the cluster call.</summary>
internal sealed class ChatService(ICallPipeline pipeline) : IChatService
{
    public async Task<ChatOutcome> CompleteAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        await using var answer = await pipeline.OpenAsync(CallRequest.Of(request), stream: false, cancellationToken);
        if (answer.Error is null)
        {
            await answer.NextAsync();
        }

        return new() { Response = answer.Frame.Whole, Error = answer.Error, Route = answer.Info };
    }

    public async IAsyncEnumerable<ChatStreamEvent> StreamAsync(
        ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var answer = await pipeline.OpenAsync(CallRequest.Of(request), stream: true, cancellationToken);
        if (answer.Error is { } error)
        {
            yield return error;
            yield break;
        }

        yield return new() { Started = answer.Info };
        while (await answer.NextAsync())
        {
            yield return answer.Frame.Streamed;
        }
    }
}
