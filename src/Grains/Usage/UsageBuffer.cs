using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Prism.Grains.Interfaces.Usage;

namespace Prism.Grains.Usage;

/// <summary>
/// This silo's usage that the accounts do not have yet: sums, not calls, so it stays small however long they cannot be reached. For each account one
/// report is in flight at a time, and is repeated until it is taken; later usage goes into the next one. Thread-safe.
/// </summary>
/// <param name="silo">This silo with its incarnation.</param>
internal sealed class UsageBuffer(string silo)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UsageAccount, Pages> _accounts = [];
    private long _sequence;

    /// <summary>Whether all usage is reported.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _accounts.Count == 0;
            }
        }
    }

    /// <summary>Adds a call.</summary>
    public void Add(string owner, UsageLine line, in UsageSums sums)
    {
        var account = new UsageAccount(owner, line.Day.AddDays(1 - line.Day.Day));
        lock (_lock)
        {
            ref var pages = ref CollectionsMarshal.GetValueRefOrAddDefault(_accounts, account, out _);
            pages ??= new();
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(pages.Open, line, out _);
            sum += sums;
        }
    }

    /// <summary>The reports that are to be made now, those that have no answer yet included.</summary>
    public ImmutableArray<(UsageAccount Account, UsageReport Report)> GetDue()
    {
        lock (_lock)
        {
            return [.. _accounts.Select(account => (account.Key, account.Value.Unanswered ??= Close(account.Value)))];
        }
    }

    /// <summary>A report was taken.</summary>
    public void OnTaken(UsageAccount account, UsageReport report)
    {
        lock (_lock)
        {
            if (!_accounts.TryGetValue(account, out var pages) || pages.Unanswered != report)
            {
                return;
            }

            pages.Unanswered = null;
            if (pages.Open.Count == 0)
            {
                _accounts.Remove(account);
            }
        }
    }

    // The numbers belong to the silo, not to the account. So an account without new usage need not be kept.
    private UsageReport Close(Pages pages)
    {
        var report = new UsageReport
        {
            Silo = silo,
            Sequence = ++_sequence,
            Entries = [.. pages.Open.Select(line => new UsageEntry(line.Key, line.Value))],
        };
        pages.Open.Clear();
        return report;
    }

    private sealed class Pages
    {
        public Dictionary<UsageLine, UsageSums> Open { get; } = [];

        public UsageReport? Unanswered { get; set; }
    }
}

/// <summary>An owner's account of a month.</summary>
/// <param name="Owner">The owner.</param>
/// <param name="Month">Its first day.</param>
internal readonly record struct UsageAccount(string Owner, DateOnly Month);
