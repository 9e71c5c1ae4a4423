using System.Collections.Immutable;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Telemetry;

/// <summary>Creates a span for each call of a provider if a collector listens; the HTTP exchange is a span inside it.</summary>
internal sealed class TracedProvider(IChatProvider inner, TraceOptions options) : IChatProvider
{
    public ProviderOptions Options => inner.Options;

    public void LiftHolds() => inner.LiftHolds();

    public int ExtraOutputTokens(CallRequest request) => inner.ExtraOutputTokens(request);

    public ImmutableArray<string> FindUnsupported(ChatRequest request) => inner.FindUnsupported(request);

    public ValueTask<ProviderAnswer> OpenAsync(CallRequest request, bool stream, CancellationToken cancellationToken) =>
        UpstreamSpan.IsWanted ? TraceAsync(request, stream, cancellationToken) : inner.OpenAsync(request, stream, cancellationToken);

    private async ValueTask<ProviderAnswer> TraceAsync(CallRequest request, bool stream, CancellationToken cancellationToken)
    {
        var span = UpstreamSpan.Start(Options, request.Canonical, options.Content);
        if (span is null)
        {
            return await inner.OpenAsync(request, stream, cancellationToken);
        }

        var isKept = false;
        try
        {
            var answer = await inner.OpenAsync(request, stream, cancellationToken);
            if (answer.Error is { } error)
            {
                span.OnFailed(error);
                return answer;
            }

            isKept = true;
            return new TracedAnswer(answer, span);
        }
        finally
        {
            if (!isKept)
            {
                span.Dispose();
            }
        }
    }
}
