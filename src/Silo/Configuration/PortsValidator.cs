using Microsoft.Extensions.Options;
using Prism.Silo.Cluster;
using Prism.Silo.Metrics;
using Prism.Silo.Server;

namespace Prism.Silo.Configuration;

/// <summary>Listeners must have different ports. Only the API and the metrics may share one, which is then one listener.</summary>
internal sealed class PortsValidator(IOptions<MetricsOptions> metrics, IOptions<SiloEndpointOptions> silo) : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options)
    {
        try
        {
            var clashes = FindClashes(options).ToList();
            return clashes.Count > 0 ? ValidateOptionsResult.Fail(clashes) : ValidateOptionsResult.Success;
        }
        catch (OptionsValidationException)
        {
            // The check of the other options reports their problem.
            return ValidateOptionsResult.Skip;
        }
    }

    private IEnumerable<string> FindClashes(ServerOptions options)
    {
        (string Path, int Port) siloPort = ("Prism:Cluster:SiloPort", silo.Value.SiloPort);
        (string Path, int Port) gatewayPort = ("Prism:Cluster:GatewayPort", silo.Value.GatewayPort);
        (string Path, int Port) port = ("Prism:Port", options.Port);
        (string Path, int Port) metricsPort = ("Prism:Metrics:Port", metrics.Value.Enabled ? metrics.Value.Port : 0);

        return from pair in new[]
               {
                   (siloPort, port), (siloPort, metricsPort), (gatewayPort, port), (gatewayPort, metricsPort), (gatewayPort, siloPort),
               }
               // 0 is any free port, or none.
               where pair.Item1.Port == pair.Item2.Port && pair.Item1.Port != 0
               select $"{Settings.LabelOf(pair.Item1.Path)} and {Settings.LabelOf(pair.Item2.Path)} are both {pair.Item1.Port}.";
    }
}
