using System.Runtime.CompilerServices;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests;

/// <summary>Calls of a provider, as tests make them: the whole answer, or its events, in canonical form.</summary>
internal static class ProviderCalls
{
    public static async Task<ProviderResult> CompleteAsync(this IChatProvider provider, ChatRequest request, CancellationToken cancellationToken)
    {
        await using var answer = await provider.OpenAsync(CallRequest.Of(request), stream: false, cancellationToken);
        if (answer.Error is { } error)
        {
            return error;
        }

        await answer.NextAsync();
        return answer.ToWhole();
    }

    public static async IAsyncEnumerable<ChatStreamEvent> StreamAsync(
        this IChatProvider provider, ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var answer = await provider.OpenAsync(CallRequest.Of(request), stream: true, cancellationToken);
        if (answer.Error is { } error)
        {
            yield return error;
            yield break;
        }

        while (await answer.NextAsync())
        {
            yield return answer.Failed is { } failed ? failed : answer.ToChunk();
        }
    }
}
