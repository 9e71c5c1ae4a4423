using System.Globalization;
using Prism.Tests.Processes;

namespace Prism.Tests.Chaos;

/// <summary>
/// A second "host": a network namespace of its own, joined to this one by a cable (a veth pair). Packets can be dropped on their way in and out, as a
/// firewall or a broken switch drops them: nothing is refused, nothing is answered.
/// </summary>
internal sealed class NetworkHost : IAsyncDisposable
{
    private const string Table = "inet dropped";

    private readonly string _name;

    private NetworkHost(int number)
    {
        _name = "prism-" + number.ToString(CultureInfo.InvariantCulture);
        (Here, There) = ($"10.77.{number}.1", $"10.77.{number}.2");
    }

    /// <summary>The address of this side, which the host reaches it at.</summary>
    public string Here { get; }

    /// <summary>The host's own address.</summary>
    public string There { get; }

    /// <summary>Starts a silo there.</summary>
    public SiloLaunch Launch => new() { Address = There, Wrapper = ["ip", "netns", "exec", _name] };

    public static async Task<NetworkHost> CreateAsync()
    {
        var host = new NetworkHost(Environment.ProcessId % 255);
        await Shell.RunAsync($"""
            ip netns add {host._name}
            ip link add {host._name} type veth peer name eth0 netns {host._name}
            ip addr add {host.Here}/30 dev {host._name}
            ip link set {host._name} up
            ip -n {host._name} addr add {host.There}/30 dev eth0
            ip -n {host._name} link set eth0 up
            ip -n {host._name} link set lo up
            """);
        return host;
    }

    /// <summary>Drops all packets between the host and a port of this side.</summary>
    public Task DropAsync(int port) => Shell.RunAsync($$"""
        ip netns exec {{_name}} nft -f - <<RULES
        table {{Table}} {
          chain in { type filter hook input priority 0; tcp sport {{port}} drop; }
          chain out { type filter hook output priority 0; tcp dport {{port}} drop; }
        }
        RULES
        """);

    /// <summary>Lets them through again.</summary>
    public Task HealAsync() => Shell.RunAsync($"ip netns exec {_name} nft delete table {Table}");

    // The cable goes with the namespace that its other end is in.
    public async ValueTask DisposeAsync() => await Shell.RunAsync($"ip netns del {_name}");
}
