namespace Prism.Grains.Cluster;

/// <summary>
/// Makes references to grains of one kind, for a path with one a request. <see cref="IGrainFactory"/> would find the kind's name anew for each, from
/// the attributes of the interface: that was a twelfth of the cost of an answer from the cache.
/// </summary>
/// <typeparam name="TGrain">Their interface, which one class implements.</typeparam>
internal sealed class ReferenceFactory<TGrain>(IGrainFactory grains)
    where TGrain : IGrainWithStringKey
{
    private volatile GrainReference? _known;

    /// <summary>A reference to the grain with this key.</summary>
    public TGrain Of(string key)
    {
        if (_known is { } known)
        {
            return (TGrain)grains.GetGrain(GrainId.Create(known.GrainId.Type, key), known.InterfaceType);
        }

        var first = grains.GetGrain<TGrain>(key);
        _known = first as GrainReference;
        return first;
    }
}
