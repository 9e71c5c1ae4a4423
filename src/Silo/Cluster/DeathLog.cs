using Prism.Grains.Background;

namespace Prism.Silo.Cluster;

/// <summary>Logs in one line that the cluster has declared a silo dead, and the silos that suspected it.</summary>
internal sealed partial class DeathLog(
    IClusterMembershipService membership,
    IMembershipTable table,
    ILocalSiloDetails self,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<DeathLog> logger) : IHostedService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<SiloAddress, SiloStatus> _known = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = new SurvivingLoop("Watching for silos that are declared dead", RetryDelay, WatchAsync, time, logger)
            .RunInBackground(lifetime.ApplicationStopping);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WatchAsync(CancellationToken stop)
    {
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stop))
        {
            foreach (var (silo, member) in snapshot.Members)
            {
                var before = _known.GetValueOrDefault(silo);
                _known[silo] = member.Status;
                // A silo that shuts down in order is marked so first.
                if (member.Status == SiloStatus.Dead && before is SiloStatus.Joining or SiloStatus.Active && !silo.Equals(self.SiloAddress))
                {
                    await LogDeathAsync(silo, stop);
                }
            }
        }
    }

    private async Task LogDeathAsync(SiloAddress silo, CancellationToken stop)
    {
        var suspecters = await FindSuspectersAsync(silo, stop);
        if (suspecters.Remove(self.SiloAddress))
        {
            LogDeclared(silo, suspecters.Count == 0 ? "" : ", as have " + string.Join(", ", suspecters));
        }
        else
        {
            LogLearned(silo, suspecters.Count == 0 ? "another silo" : string.Join(", ", suspecters));
        }
    }

    private async Task<HashSet<SiloAddress>> FindSuspectersAsync(SiloAddress silo, CancellationToken stop)
    {
        try
        {
            var rows = await table.ReadRowAsync(silo, stop).WaitAsync(Patience, time, stop);
            return [.. rows.TryGet(silo)?.Item1.SuspectTimes?.Select(suspect => suspect.Item1) ?? []];
        }
        catch (Exception) when (!stop.IsCancellationRequested)
        {
            // The line is worth logging without them.
            return [];
        }
    }

    [LoggerMessage(LogLevel.Warning, "This silo has declared silo {Silo} dead{Others:l}: it does not respond")]
    private partial void LogDeclared(SiloAddress silo, string others);

    [LoggerMessage(LogLevel.Warning, "{Suspecters:l} declared silo {Silo} dead: it does not respond")]
    private partial void LogLearned(SiloAddress silo, string suspecters);
}
