using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Silo.Server;

/// <summary>Sets up the web server.</summary>
internal static class ServerExtensions
{
    /// <summary>Logs at the end of the start that the silo is ready, with its addresses.</summary>
    public static WebApplicationBuilder AddPrismGreeting(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<Greeting>();
        return builder;
    }

    /// <summary>Configures Kestrel by <see cref="ServerOptions"/> and <see cref="Silo.Metrics.MetricsOptions"/>.</summary>
    public static WebApplicationBuilder AddPrismServer(this WebApplicationBuilder builder)
    {
        // ASP.NET Core's container images set a port, which Kestrel would warn about at every start.
        builder.WebHost
            .UseSetting(WebHostDefaults.ServerUrlsKey, "")
            .UseSetting(WebHostDefaults.HttpPortsKey, "")
            .UseSetting(WebHostDefaults.HttpsPortsKey, "");
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services
            .AddSingleton<IHostLifetime, SignalLifetime>()
            .AddSingleton<IConfigureOptions<KestrelServerOptions>, Listeners>()
            .AddSingleton<Connections>()
            .AddSingleton<SilentConnections>()
            .AddSingleton<Drain>()
            .AddSingleton<IDrain>(services => services.GetRequiredService<Drain>())
            .AddHostedService(services => services.GetRequiredService<Drain>())
            .AddHostedService<StartupGarbage>()
            .AddOptions<HostOptions>().Configure<IOptions<ServerOptions>>(static (host, server) =>
            {
                // The server answers probes while the silo still waits for its storage. The services stop one after the other, the server first.
                host.ServicesStartConcurrently = true;
                host.ShutdownTimeout = server.Value.ShutdownTimeout;
                // Prism's own services never fail. A failed one of a package must not end the process, and certainly not with exit code 0.
                host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
            });
        return builder;
    }
}
