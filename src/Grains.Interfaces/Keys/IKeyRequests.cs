using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Interfaces.Keys;

/// <summary>Counts requests that are no chat against the limits of the caller's key.</summary>
public interface IKeyRequests
{
    /// <summary>Admits or denies a request. It takes no tokens and no permit of the key's concurrency.</summary>
    /// <param name="owner">The owner of the request. Owners without limits are admitted.</param>
    /// <param name="cancellationToken">The caller left.</param>
    ValueTask<KeyRequest> AdmitAsync(string owner, CancellationToken cancellationToken);
}

/// <summary>How the admission of a request ended.</summary>
/// <param name="Error">Why it may not be made; null where it may.</param>
/// <param name="Limits">The state of the key's limits; null if there are none.</param>
/// <param name="Cancel">Gives it back, as if it had not been made; null where there is nothing to give back.</param>
public readonly record struct KeyRequest(ChatError? Error, ImmutableArray<LimitStatus>? Limits = null, Action? Cancel = null);
