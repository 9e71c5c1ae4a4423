using Microsoft.Extensions.DependencyInjection;
using Prism.Grains.Interfaces.Cluster;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Cluster;

[Collection(ChatCluster.Collection)]
public sealed class ClusterViewTests : IAsyncLifetime
{
    private ChatCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ChatCluster.StartAsync(silos: 2);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Every_silo_sees_all_silos_and_itself_among_them()
    {
        foreach (var silo in _cluster.Silos)
        {
            await BothActiveAsync(silo.GetRequiredService<IClusterMembershipService>());

            var status = silo.GetRequiredService<IClusterView>().GetStatus();

            Assert.Equal("chat-cluster", status.ClusterId);
            Assert.Equal(["active", "active"], status.Silos.Select(one => one.Status));
            Assert.Equal(2, status.Silos.Select(one => one.Name).Distinct().Count());
            Assert.Equal(silo.GetRequiredService<ILocalSiloDetails>().Name, status.Silos.Single(one => one.Address == status.Self).Name);
            Assert.Equal(status.Silos.Select(one => one.Address).Order(StringComparer.Ordinal), status.Silos.Select(one => one.Address));
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_call_runs_on_the_silo_that_its_client_is_connected_to()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.NotNull((await _cluster.Chat.CompleteAsync(Ask(), CancellationToken.None)).Response);
        }

        Assert.Equal([0, 20], _cluster.Providers.Select(provider => provider.Received.Count));
    }

    private static async Task BothActiveAsync(IClusterMembershipService membership)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(patience.Token))
        {
            if (snapshot.Members.Values.Count(member => member.Status == SiloStatus.Active) == 2)
            {
                return;
            }
        }
    }
}
