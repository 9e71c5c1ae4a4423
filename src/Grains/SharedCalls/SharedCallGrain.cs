using System.Runtime.CompilerServices;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// The window on one shared call that this silo leads. Where the silo of its key is gone, it is made on another one, which knows of no such shared call:
/// so the answer is that the shared call is lost.
/// </summary>
[SiloBound, CollectionAgeLimit(Minutes = 2)]
[GrainType("flight")]
internal sealed class SharedCallGrain(SharedCallRegistry sharedCalls) : Grain, ISharedCallGrain
{
    public async IAsyncEnumerable<FrameBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var reader = sharedCalls.TrySubscribeLed(this.GetPrimaryKeyString());
        while (reader is not null && await reader.WaitAsync(cancellationToken))
        {
            yield return new() { Events = [.. reader.Read().Span], FoundWhole = reader.FoundWhole };
        }
    }
}
