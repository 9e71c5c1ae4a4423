using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Cache;

/// <summary>The response cache as its operators see it.</summary>
public interface IResponseCache
{
    /// <summary>Whether there is one.</summary>
    bool IsEnabled { get; }

    /// <summary>
    /// Clears it in the whole cluster: once this has ended well, no silo serves an entry from before. Calls that are under way go on, and
    /// their answers are not kept.
    /// </summary>
    /// <returns>Null, or why it is not known to be cleared everywhere.</returns>
    Task<ChatError?> ClearAsync(CancellationToken cancellationToken);
}
