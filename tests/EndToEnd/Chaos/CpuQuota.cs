using System.Globalization;
using Prism.Tests.Processes;

namespace Prism.Tests.Chaos;

/// <summary>A control group whose processes get no more than a share of one processor, as a container's limit has it. Version 1 or 2, whichever the machine has.</summary>
internal sealed class CpuQuota : IAsyncDisposable
{
    private const int PeriodMicroseconds = 100_000;
    private const string Version1 = "/sys/fs/cgroup/cpu";
    private const string Version2 = "/sys/fs/cgroup";

    private readonly string _group;

    private CpuQuota(string group) => _group = group;

    /// <summary>Starts a silo in a group of this kind. The shell that joins the group becomes the silo.</summary>
    public SiloLaunch Launch => new() { Wrapper = ["sh", "-c", $"echo $$ > {_group}/cgroup.procs && exec \"$@\"", "sh"] };

    /// <param name="processors">How much of a processor all processes of the group get together.</param>
    public static async Task<CpuQuota> CreateAsync(double processors)
    {
        var isFirst = Directory.Exists(Version1);
        var group = Path.Combine(isFirst ? Version1 : Version2, "prism-" + Guid.NewGuid().ToString("N")[..8]);
        var quota = (processors * PeriodMicroseconds).ToString("0", CultureInfo.InvariantCulture);
        await Shell.RunAsync(isFirst
            ? $"mkdir {group}; echo {PeriodMicroseconds} > {group}/cpu.cfs_period_us; echo {quota} > {group}/cpu.cfs_quota_us"
            : $"echo +cpu > {Version2}/cgroup.subtree_control; mkdir {group}; echo {quota} {PeriodMicroseconds} > {group}/cpu.max");
        return new(group);
    }

    public ValueTask DisposeAsync()
    {
        // Its processes have ended, or this fails.
        Directory.Delete(_group);
        return ValueTask.CompletedTask;
    }
}
