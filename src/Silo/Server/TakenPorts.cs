using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Prism.Silo.Cluster;
using Prism.Silo.Configuration;
using Prism.Silo.Metrics;

namespace Prism.Silo.Server;

/// <summary>
/// Finds ports that other processes use, before the silo starts. Kestrel would fail after the silo has joined the cluster; and Orleans listens with
/// SO_REUSEPORT, so a second silo on the same ports starts without an error and the kernel distributes connections to both.
/// </summary>
internal static class TakenPorts
{
    /// <summary>
    /// Ends the start if a port is taken. A default metrics port is given up instead: the API's port serves <c>/metrics</c> too.
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
            // The same port as the API: then there is no other listener.
            configuration[Settings.MetricsPortPath] = server.Port.ToString(CultureInfo.InvariantCulture);
            builder.Services.AddSingleton(new StartupNotice(
                $"Port {metrics.Port} is taken, so only the port of the API serves /metrics. LLM_METRICS_PORT sets another port."));
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
            // Other problems with the address or its permissions show when the server listens.
            return exception.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }

    // The default of the shipped configuration.
    private static bool IsDefault(IConfigurationRoot configuration, TakenPort port) =>
        port.Port == new MetricsOptions().Port
        && !configuration.Providers.Any(provider => provider is not FileConfigurationProvider && provider.TryGet(port.Path, out var value) && value is not null);

    private sealed record TakenPort(string Path, int Port)
    {
        public string Problem => $"{Settings.LabelOf(Path)} is {Port}, which another process uses.";
    }
}
