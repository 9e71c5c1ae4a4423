using System.Runtime.CompilerServices;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// One shared call that this silo leads, for the readers on other silos. Where the silo of its key is gone, it is activated on another one, which does not
/// lead that shared call: so the answer is that the shared call is lost.
/// </summary>
[SiloBound, CollectionAgeLimit(Minutes = 2)]
[GrainType("flight")]
internal sealed class SharedCallGrain(SharedCallRegistry sharedCalls) : Grain, ISharedCallGrain
{
    public IAsyncEnumerable<FrameBatch> ReadAsync(CancellationToken cancellationToken = default) => ReadFromAsync(0, cancellationToken);

    public async IAsyncEnumerable<FrameBatch> ReadFromAsync(long number, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var reader = sharedCalls.TryReadLed(this.GetPrimaryKeyString(), number);
        while (reader is not null && await reader.WaitAsync(cancellationToken))
        {
            yield return new() { Events = [.. reader.Read().Span], FoundWhole = reader.FoundWhole };
        }
    }
}
