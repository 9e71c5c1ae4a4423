using System.Runtime.CompilerServices;
using Prism.Grains.Interfaces.Catalog;

namespace Prism.Grains.Interfaces.Usage;

/// <summary>Reads usage from the whole cluster. Silos report every few seconds, so the latest usage may be missing.</summary>
public sealed class UsageClient(IGrainFactory grains)
{
    // Enough not to wait for each, and not so much that a report takes the cluster's whole attention.
    private const int AtOnce = 16;

    /// <summary>All usage of some days.</summary>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<(string Owner, UsageEntry Entry)> ReadAsync(
        DateOnly from, DateOnly to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var month = from.AddDays(1 - from.Day); month <= to; month = month.AddMonths(1))
        {
            var owners = await grains.GetGrain<INamesGrain>(GrainKeys.UsageOwners(month)).ListAsync().WaitAsync(cancellationToken);
            foreach (var some in owners.Chunk(AtOnce))
            {
                var accounts = await Task.WhenAll(some.Select(owner => GrainOf(owner, month).GetAsync())).WaitAsync(cancellationToken);
                foreach (var (owner, entries) in some.Zip(accounts))
                {
                    foreach (var entry in entries.Where(entry => entry.Line.Day >= from && entry.Line.Day <= to))
                    {
                        yield return (owner, entry);
                    }
                }
            }
        }
    }

    /// <summary>One owner's usage in the month of a day, and on that day.</summary>
    /// <param name="owner">The owner of the calls.</param>
    /// <param name="day">A UTC day.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(UsageSums Day, UsageSums Month)> SumAsync(string owner, DateOnly day, CancellationToken cancellationToken)
    {
        var (ofDay, ofMonth) = (default(UsageSums), default(UsageSums));
        foreach (var (line, sums) in await GrainOf(owner, day).GetAsync().WaitAsync(cancellationToken))
        {
            ofMonth += sums;
            ofDay += line.Day == day ? sums : default;
        }

        return (ofDay, ofMonth);
    }

    private IUsageGrain GrainOf(string owner, DateOnly month) => grains.GetGrain<IUsageGrain>(GrainKeys.Usage(owner, month));
}
