using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Telemetry;

/// <summary>Makes a span of each call of a provider, where anybody listens; the HTTP exchange is a span inside of it.</summary>
internal sealed class TracedProvider(IChatProvider inner, TraceOptions options) : IChatProvider
{
    public ProviderOptions Options => inner.Options;

    public void LiftHolds() => inner.LiftHolds();

    public int ExtraOutputTokens(ChatRequest request) => inner.ExtraOutputTokens(request);

    public ImmutableArray<string> FindUnsupported(ChatRequest request) => inner.FindUnsupported(request);

    public Task<ProviderResult> CompleteAsync(ChatRequest request, CancellationToken cancellationToken) =>
        UpstreamSpan.IsWanted ? TraceAsync(request, cancellationToken) : inner.CompleteAsync(request, cancellationToken);

    public IAsyncEnumerable<ChatStreamEvent> StreamAsync(ChatRequest request, CancellationToken cancellationToken) =>
        UpstreamSpan.IsWanted ? TraceStreamAsync(request, cancellationToken) : inner.StreamAsync(request, cancellationToken);

    private async Task<ProviderResult> TraceAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        using var span = UpstreamSpan.Start(Options, request, options.Content);
        var result = await inner.CompleteAsync(request, cancellationToken);
        span?.OnEnded(result);
        return result;
    }

    private async IAsyncEnumerable<ChatStreamEvent> TraceStreamAsync(
        ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var span = UpstreamSpan.Start(Options, request, options.Content);
        // The first step sends the request, so that what is sent is inside of the span.
        await foreach (var streamEvent in inner.StreamAsync(request, cancellationToken))
        {
            span?.OnEvent(streamEvent);
            yield return streamEvent;
        }

        span?.OnEnded();
    }
}
