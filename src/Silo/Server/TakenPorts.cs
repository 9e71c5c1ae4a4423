using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Prism.Silo.Cluster;
using Prism.Silo.Configuration;
using Prism.Silo.Metrics;

namespace Prism.Silo.Server;

/// <summary>
/// Finds the ports that other processes have, before the silo starts. Kestrel would find out when the silo has joined the cluster already; and
/// Orleans listens with SO_REUSEPORT, so that a second silo on the same ports starts without a complaint and the kernel deals connections out
/// to either of them.
/// </summary>
internal static class TakenPorts
{
    /// <summary>
    /// Ends the start where a port is taken. A metrics port that nobody chose is given up instead: <c>/metrics</c> is on the API's port too.
    /// </summary>
    /// <exception cref="AggregateException">Ports are taken: a <see cref="SettingException"/> for each.</exception>
    public static WebApplicationBuilder AddPrismPorts(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var server = SettingsSection<ServerOptions>.Read(Settings.Section, configuration);
        var taken = Find(configuration, server).ToList();
        if (taken.Find(port => port.Path == Settings.MetricsPortPath) is { } metrics && IsDefault(configuration, metrics))
        {
            taken.Remove(metrics);
            // The API's own port: then there is no other listener.
            configuration[Settings.MetricsPortPath] = server.Port.ToString(CultureInfo.InvariantCulture);
            builder.Services.AddSingleton(new StartupNotice(
                $"Port {metrics.Port} is taken, so /metrics has no port of its own and is on that of the API only. LLM_METRICS_PORT chooses another port."));
        }

        return taken.Count > 0 ? throw new AggregateException(taken.Select(port => new SettingException(port.Problem))) : builder;
    }

    private static IEnumerable<TakenPort> Find(ConfigurationManager configuration, ServerOptions server)
    {
        var metrics = SettingsSection<MetricsOptions>.Read(Settings.MetricsSection, configuration);
        var silo = SettingsSection<SiloEndpointOptions>.Read(Settings.ClusterSection, configuration);
        var host = AddressOf(server.Host);
        return from port in new (string Path, int Port, IPAddress Address)[]
               {
                   (Settings.PortPath, server.Port, host),
                   (Settings.MetricsPortPath, metrics.Enabled && metrics.Port != server.Port ? metrics.Port : 0, host),
                   ("Prism:Cluster:SiloPort", silo.SiloPort, IPAddress.Loopback),
                   ("Prism:Cluster:GatewayPort", silo.GatewayPort, IPAddress.Loopback),
               }
               where port.Port != 0 && IsTaken(port.Address, port.Port)
               select new TakenPort(port.Path, port.Port);
    }

    private static IPAddress AddressOf(string host) =>
        IPAddress.TryParse(host, out var address) ? address : host == "*" ? IPAddress.Any : IPAddress.Loopback;

    private static bool IsTaken(IPAddress address, int port)
    {
        try
        {
            using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(address, port));
            return false;
        }
        catch (SocketException exception)
        {
            // Whatever else is wrong, with the address or with the rights to it, shows when the server listens.
            return exception.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }

    // As it is delivered, and set by nobody.
    private static bool IsDefault(IConfigurationRoot configuration, TakenPort port) =>
        port.Port == new MetricsOptions().Port
        && !configuration.Providers.Any(provider => provider is not FileConfigurationProvider && provider.TryGet(port.Path, out var value) && value is not null);

    private sealed record TakenPort(string Path, int Port)
    {
        public string Problem => $"{Settings.LabelOf(Path)} is {Port}, which another process listens at.";
    }
}
