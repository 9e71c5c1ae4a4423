using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Prism.Silo.Configuration;
using Prism.Silo.Logging;
using Prism.Silo.Metrics;
using Prism.Silo.Server;
using Prism.Tests.Logging;

namespace Prism.Tests;

/// <summary>The silo's host without Orleans and the gateway: configuration, logs, web server and metrics.</summary>
internal static class SiloHost
{
    /// <summary>Builds it from an environment and an appsettings.json, both as dictionaries.</summary>
    public static WebApplication Build(
        Dictionary<string, string>? variables = null,
        Dictionary<string, string?>? appSettings = null,
        Stream? log = null,
        string[]? arguments = null,
        Action<WebApplication>? map = null,
        TimeProvider? time = null,
        Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { Args = arguments });
        builder.Configuration.AddInMemoryCollection(appSettings ?? []);
        builder.Configuration.AddCommandLine(arguments ?? []);
        builder.WebHost.UseKestrel();
        builder.Services.AddRouting();
        configure?.Invoke(builder.Services);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.AddPrismConfiguration(variables ?? []).AddPrismLogging(log ?? Stream.Null).AddPrismServer().AddPrismMetrics();

        var app = builder.Build();
        app.UsePrismRequestLogging();
        app.UseRouting();
        map?.Invoke(app);
        app.MapPrismMetrics();
        return app;
    }

    /// <summary>Any free ports on the loopback address.</summary>
    public static Dictionary<string, string> Ports(params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string> { ["LLM_HOST"] = "127.0.0.1", ["LLM_PORT"] = "0", ["LLM_METRICS_PORT"] = "0" };
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return variables;
    }

    /// <summary>The options that an environment and an appsettings.json make.</summary>
    public static T Read<T>(Dictionary<string, string>? variables = null, Dictionary<string, string?>? appSettings = null)
        where T : class
    {
        using var app = Build(variables, appSettings);
        return app.Get<T>();
    }

    /// <summary>The options of a host.</summary>
    public static T Get<T>(this WebApplication app)
        where T : class => app.Services.GetRequiredService<IOptions<T>>().Value;

    /// <summary>Starts the host as Program does, up to the failure that there has to be.</summary>
    /// <returns>What is on the standard error.</returns>
    public static async Task<string> FailAsync(
        Dictionary<string, string>? variables = null, Dictionary<string, string?>? appSettings = null)
    {
        using var log = new LogText();
        using var error = new StringWriter();
        var exitCode = await StartupFailure.RunAsync(() => StopWhenStarted(Build(variables, appSettings, log)), error);
        Assert.Equal(1, exitCode);
        Assert.Equal("", log.ToString());
        var lines = error.ToString();
        // A line for each thing to mend.
        Assert.All(lines.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("prism: ", line, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", lines, StringComparison.Ordinal);
        return lines;
    }

    /// <summary>Where it listens: the API first, then the metrics.</summary>
    public static Uri[] Addresses(this WebApplication app) =>
        [
            .. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
                .Select(address => new Uri(address)),
        ];

    // A check that lets a bad setting through must fail the test, not hang it.
    private static WebApplication StopWhenStarted(WebApplication app)
    {
        app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
        return app;
    }
}
