using System.Globalization;
using Prism.Bench;
using Prism.Bench.Generator;
using Prism.Bench.Servers;

return args switch
{
    [Roles.Load] => await LoadGenerator.RunAsync(),
    [Roles.Upstream, var port] => await FastUpstream.RunAsync(PortOf(port), StandardInput.Closed()),
    [Roles.Kestrel, var port] => await BareKestrel.RunAsync(PortOf(port), StandardInput.Closed()),
    [Roles.Yarp, var port, var upstream] => await YarpProxy.RunAsync(PortOf(port), PortOf(upstream), StandardInput.Closed()),
    _ => await LoadBench.RunAsync(args),
};

static int PortOf(string text) => int.Parse(text, CultureInfo.InvariantCulture);
