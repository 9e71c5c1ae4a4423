using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Grains.Cluster;

/// <summary>The membership as this silo's own copy of it has it.</summary>
internal sealed class ClusterView(
    IClusterMembershipService membership, ILocalSiloDetails self, ISiloRow row, IClusterStorage storage, IOptions<ClusterOptions> options) : IClusterView
{
    public ClusterStatus GetStatus() => new()
    {
        ClusterId = options.Value.ClusterId,
        Self = self.SiloAddress.ToString(),
        Silos =
        [
            .. membership.CurrentSnapshot.Members.Values
                .Where(member => member.Status != SiloStatus.Dead && !(row.IsMissing && member.SiloAddress.Equals(self.SiloAddress)))
                .Select(member => new SiloInfo { Name = member.Name, Address = member.SiloAddress.ToString(), Status = NameOf(member.Status) })
                .OrderBy(silo => silo.Address, StringComparer.Ordinal),
        ],
        Storage = storage.Status,
    };

    private static string NameOf(SiloStatus status) => status switch
    {
        SiloStatus.Created => "created",
        SiloStatus.Joining => "joining",
        SiloStatus.Active => "active",
        SiloStatus.ShuttingDown => "shutting_down",
        SiloStatus.Stopping => "stopping",
        _ => "unknown",
    };
}
