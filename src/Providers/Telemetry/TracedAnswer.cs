namespace Prism.Providers.Telemetry;

/// <summary>An answer that ends its span.</summary>
internal sealed class TracedAnswer : ProviderAnswer
{
    private readonly ProviderAnswer _inner;
    private readonly UpstreamSpan _span;

    public TracedAnswer(ProviderAnswer inner, UpstreamSpan span) => (_inner, _span, IsWhole) = (inner, span, inner.IsWhole);

    public override async ValueTask<bool> NextAsync()
    {
        if (!await _inner.NextAsync())
        {
            _span.OnEnded();
            return false;
        }

        (Raw, Skim, SkimmedChunk) = (_inner.Raw, _inner.Skim, _inner.ChunkSkim);
        (Whole, Chunk, Failed) = (_inner.Whole, _inner.Chunk, _inner.Failed);
        if (Failed is { } error)
        {
            _span.OnFailed(error);
        }
        else if (_inner.IsWhole)
        {
            _span.OnWhole(ToWhole());
        }
        else
        {
            _span.OnChunk(ToChunk());
        }

        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync();
        _span.Dispose();
    }
}
