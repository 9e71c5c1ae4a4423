using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Cache;

/// <summary>The response cache as its operators see it.</summary>
public interface IResponseCache
{
    /// <summary>Whether there is one.</summary>
    bool IsEnabled { get; }

    /// <summary>
    /// Clears it in the whole cluster: after success, no silo serves an older entry. Calls in progress continue, and their answers are not stored.
    /// </summary>
    /// <returns>Null, or why it is not known to be cleared everywhere.</returns>
    Task<ChatError?> ClearAsync(CancellationToken cancellationToken);
}
