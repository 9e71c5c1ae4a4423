using System.Collections.Immutable;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Breakers;

/// <summary>This silo's record of a provider's failures and latencies.</summary>
internal sealed class ProviderVitals(TimeProvider time)
{
    private const int MostErrors = 10;

    private readonly Lock _gate = new();
    private readonly Queue<ProviderFailure> _errors = new(MostErrors);

    /// <summary>How long whole answers took.</summary>
    public LatencyHistogram Answers { get; } = new(time);

    /// <summary>How long the first pieces of streamed answers took.</summary>
    public LatencyHistogram FirstTokens { get; } = new(time);

    /// <summary>The last failures, the latest first.</summary>
    public ImmutableArray<ProviderFailure> LastErrors
    {
        get
        {
            lock (_gate)
            {
                return [.. _errors.Reverse()];
            }
        }
    }

    /// <summary>A call has failed.</summary>
    public void OnFailed(ChatError error)
    {
        lock (_gate)
        {
            if (_errors.Count == MostErrors)
            {
                _errors.Dequeue();
            }

            _errors.Enqueue(new(time.GetUtcNow(), error.Kind, error.UpstreamStatus)
            {
                Address = error.Failure?.Address,
                Key = error.Failure?.Key,
                RequestId = error.Failure?.RequestId,
                UpstreamRequestId = error.Failure?.UpstreamRequestId,
                Message = error.Failure?.Message,
            });
        }
    }
}
