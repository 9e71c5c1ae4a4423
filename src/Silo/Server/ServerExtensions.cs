using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Prism.Server;

/// <summary>Sets up the web server.</summary>
internal static class ServerExtensions
{
    /// <summary>Makes Kestrel listen where <see cref="ServerOptions"/> and <see cref="Metrics.MetricsOptions"/> say.</summary>
    public static WebApplicationBuilder AddPrismServer(this WebApplicationBuilder builder)
    {
        // ASP.NET Core's container images set a port, which Kestrel would warn at every start of not using.
        builder.WebHost
            .UseSetting(WebHostDefaults.ServerUrlsKey, "")
            .UseSetting(WebHostDefaults.HttpPortsKey, "")
            .UseSetting(WebHostDefaults.HttpsPortsKey, "");
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>, Listeners>();
        return builder;
    }
}
