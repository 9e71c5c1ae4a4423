using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Chains;

/// <summary>Starts the run of a body: of its steps, or of the current version of a stored chain.</summary>
internal sealed class RunResolver(ChainClient chains, IGrainFactory grains)
{
    /// <summary>The run, or why it cannot start.</summary>
    /// <param name="body">The body.</param>
    /// <param name="owner">The owner of the run.</param>
    /// <param name="idempotencyKey">The same key and body return the same run.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
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

        // The chain may have been deleted since the first request with this key. Its run still exists.
        return idempotencyKey is not null && await chains.GetAsync(GrainKeys.Run(owner, idempotencyKey), cancellationToken) is not null
            ? await StartAsync(body.ToStart(owner), fingerprint, idempotencyKey, cancellationToken)
            : new() { Error = ChainsEndpoint.NotFound(name) with { Kind = ChatErrorKind.InvalidRequest, Param = "chain" } };
    }

    private Task<ChainStartOutcome> StartAsync(ChainStart start, string fingerprint, string? idempotencyKey, CancellationToken cancellationToken) =>
        chains.StartAsync(start with { Fingerprint = fingerprint }, idempotencyKey, cancellationToken);
}
