using Microsoft.Extensions.DependencyInjection;
using Prism.Pipeline;
using Prism.Providers;

namespace Prism.Tests.Snapshots;

/// <summary>A configuration that a test exchanges. It begins with the defaults.</summary>
internal sealed class ExchangedSnapshots : ISnapshotSource
{
    public ExchangedSnapshots()
    {
        using var services = new ServiceCollection().AddPrismProviders().AddPrismSnapshots().BuildServiceProvider();
        Current = services.GetRequiredService<ISnapshotSource>().Current;
    }

    public GatewaySnapshot Current { get; private set; }

    public ExchangedSnapshots Exchange(Func<GatewaySnapshot, GatewaySnapshot> change)
    {
        Current = change(Current);
        return this;
    }
}
