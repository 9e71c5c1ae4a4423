using Prism.Gateway;
using Prism.Grains;
using Prism.Pipeline;
using Prism.Providers;
using Prism.Silo.Cluster;
using Prism.Silo.Configuration;
using Prism.Silo.Health;
using Prism.Silo.Logging;
using Prism.Silo.Metrics;
using Prism.Silo.Server;
using Prism.Silo.Telemetry;

if (args is [HealthProbe.Verb, .. var rest])
{
    return await HealthProbe.RunAsync(rest, Console.Error);
}

if (CommandLine.Answer(args, Console.Out, Console.Error) is { } answered)
{
    return answered;
}

using var signals = new StopSignals(Console.Error, new ProcessEnd());
return await StartupFailure.RunAsync(
    () =>
    {
        var app = Build(args);
        UnhandledFailures.Log(app.Logger);
        return app;
    },
    Console.Error,
    signals);

/// <summary>The table of contents.</summary>
public static partial class Program
{
    /// <summary>Puts the service together.</summary>
    /// <param name="args">The command line: configuration, as <c>--Prism:Port=8001</c>.</param>
    /// <param name="variables">The environment; null for the process's own.</param>
    /// <param name="log">Where the log goes, as JSON lines; null for the standard output.</param>
    internal static WebApplication Build(string[] args, IReadOnlyDictionary<string, string>? variables = null, Stream? log = null)
    {
        var builder = WebApplication.CreateBuilder(args)
            .AddPrismConfiguration(variables)
            .AddPrismLogging(log)
            .AddPrismMetrics()
            .AddPrismServer()
            .AddPrismPorts()
            .AddPrismCluster()
            .AddPrismTelemetry()
            .AddPrismGreeting();

        builder.Services
            .AddPrismProviders()
            .AddPrismGrains()
            .AddPrismPipeline()
            .AddPrismGateway();

        var app = builder.Build();

        app.UsePrismSecurityHeaders();
        app.UsePrismTelemetry();
        app.UsePrismRequestLogging();
        app.UsePrismGateway();

        app.MapPrismGateway();
        app.MapPrismMetrics();
        app.MapPrismDashboard();

        return app;
    }
}
