using Prism.Grains.Settings;
using Prism.Providers;

namespace Prism.Pipeline;

/// <summary>Holds the current snapshot. A change is one write, so that no call sees a part of it.</summary>
internal sealed class SnapshotSource(GatewaySnapshot first) : ISnapshotSource, IProviderSource
{
    private volatile GatewaySnapshot _current = first;

    public GatewaySnapshot Current => _current;

    ProviderRegistry IProviderSource.Current => _current.Providers;

    /// <summary>Publishes another snapshot for the calls that begin from now on.</summary>
    public void Publish(GatewaySnapshot next) => _current = next;
}

/// <summary>The settings of one area in the current snapshot.</summary>
internal sealed class SnapshotSettings<T>(ISnapshotSource snapshots, Func<GatewaySnapshot, T> find) : ISettings<T>
{
    public T Current => find(snapshots.Current);
}
