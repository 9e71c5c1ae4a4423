using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Prism.Silo.Configuration;
using Prism.Silo.Server;

namespace Prism.Tests.Server;

public sealed class TakenPortsTests
{
    [Theory]
    [InlineData("LLM_PORT", "LLM_PORT (Prism:Port) is {0}, which another process uses.")]
    [InlineData("LLM_METRICS_PORT", "LLM_METRICS_PORT (Prism:Metrics:Port) is {0}, which another process uses.")]
    [InlineData("LLM_SILO_PORT", "LLM_SILO_PORT (Prism:Cluster:SiloPort) is {0}, which another process uses.")]
    [InlineData("LLM_SILO_GATEWAY_PORT", "LLM_SILO_GATEWAY_PORT (Prism:Cluster:GatewayPort) is {0}, which another process uses.")]
    public void A_port_that_was_chosen_and_is_taken_stops_the_start(string variable, string problem)
    {
        using var other = Listen(0);

        var exception = Assert.Throws<AggregateException>(() => Build((variable, $"{PortOf(other)}")));

        Assert.Equal("prism: " + string.Format(null, problem, PortOf(other)), StartupFailure.Describe(exception));
    }

    [Fact]
    public void Each_taken_port_has_a_line()
    {
        using var one = Listen(0);
        using var other = Listen(0);

        var exception = Assert.Throws<AggregateException>(() => Build(("LLM_PORT", $"{PortOf(one)}"), ("LLM_METRICS_PORT", $"{PortOf(other)}")));

        Assert.Equal(2, StartupFailure.Describe(exception)!.Split(Environment.NewLine).Length);
    }

    [Fact]
    public void A_metrics_port_that_nobody_chose_is_given_up_with_a_notice()
    {
        using var other = ListenAtDefault();

        var builder = Build(("LLM_PORT", "0"));

        Assert.Equal("0", builder.Configuration["Prism:Metrics:Port"]);
        var notice = Assert.Single(builder.Services, service => service.ImplementationInstance is StartupNotice);
        Assert.StartsWith("Port 9090 is taken", ((StartupNotice)notice.ImplementationInstance!).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_chosen_by_hand_is_a_choice()
    {
        using var other = ListenAtDefault();

        Assert.Throws<AggregateException>(() => Build(("LLM_METRICS_PORT", "9090")));
    }

    private static WebApplicationBuilder Build(params (string Name, string Value)[] variables)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        var ports = SiloHost.Ports();
        ports.Remove("LLM_METRICS_PORT");
        foreach (var (name, value) in variables)
        {
            ports[name] = value;
        }

        // Not the defaults, which another silo on this machine may have.
        ports.TryAdd("LLM_SILO_GATEWAY_PORT", "0");
        using var free = Listen(0);
        ports.TryAdd("LLM_SILO_PORT", $"{PortOf(free)}");
        free.Dispose();
        return builder.AddPrismConfiguration(ports).AddPrismPorts();
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen();
        return socket;
    }

    // Where another program has it, so much the better.
    private static Socket? ListenAtDefault()
    {
        try
        {
            return Listen(9090);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
