using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Chains;

/// <summary>Starts what a body asks for: the run of its steps, or of a stored chain as that is now.</summary>
internal sealed class RunResolver(ChainClient chains, IGrainFactory grains)
{
    /// <summary>The run, or why there is none.</summary>
    /// <param name="body">What is asked for.</param>
    /// <param name="owner">Who asks.</param>
    /// <param name="idempotencyKey">The same key and body answer with the same run.</param>
    /// <param name="cancellationToken">The caller left.</param>
    public async Task<ChainStartOutcome> StartAsync(RunBody body, string owner, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var fingerprint = body.ToFingerprint();
        if (body.Chain is not { } name)
        {
            return await StartAsync(body.ToStart(owner), fingerprint, idempotencyKey, cancellationToken);
        }

        if (await ChainsEndpoint.FindAsync(grains, owner, name) is { } stored)
        {
            return await StartAsync(stored.StartWith(owner, body.Inputs, body.MaxParallel), fingerprint, idempotencyKey, cancellationToken);
        }

        // The chain may have been deleted since the first request with this key, whose run is there all the same.
        return idempotencyKey is not null && await chains.GetAsync(GrainKeys.Run(owner, idempotencyKey), cancellationToken) is not null
            ? await StartAsync(body.ToStart(owner), fingerprint, idempotencyKey, cancellationToken)
            : new() { Error = ChainsEndpoint.NotFound(name) with { Kind = ChatErrorKind.InvalidRequest, Param = "chain" } };
    }

    private Task<ChainStartOutcome> StartAsync(ChainStart start, string fingerprint, string? idempotencyKey, CancellationToken cancellationToken) =>
        chains.StartAsync(start with { Fingerprint = fingerprint }, idempotencyKey, cancellationToken);
}
