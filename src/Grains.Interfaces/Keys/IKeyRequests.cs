using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Interfaces.Keys;

/// <summary>Counts requests that are no chat against the limits of the caller's key.</summary>
public interface IKeyRequests
{
    /// <summary>Admits a request, or says why not. It takes no tokens and none of the requests that a key may have at the same time.</summary>
    /// <param name="owner">Whose request it is; whoever has no limits is admitted.</param>
    /// <param name="cancellationToken">The caller left.</param>
    ValueTask<KeyRequest> AdmitAsync(string owner, CancellationToken cancellationToken);
}

/// <summary>How the admission of a request ended.</summary>
/// <param name="Error">Why it may not be made; null where it may.</param>
/// <param name="Limits">How the key's limits stand; null where there are none.</param>
/// <param name="Cancel">Gives it back, as if it had not been made; null where there is nothing to give back.</param>
public readonly record struct KeyRequest(ChatError? Error, ImmutableArray<LimitStatus>? Limits = null, Action? Cancel = null);
