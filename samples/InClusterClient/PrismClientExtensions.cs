using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Prism.Samples;

/// <summary>Connects an Orleans client to Prism's silos.</summary>
internal static class PrismClientExtensions
{
    /// <summary>
    /// With <c>LLM_REDIS_URL</c>, the client finds the silos through their Redis, as they start and stop. Without it, the client connects to a
    /// silo on this machine, at <c>LLM_SILO_GATEWAY_PORT</c>.
    /// </summary>
    public static IClientBuilder ConnectToPrism(this IClientBuilder client, IConfiguration configuration)
    {
        var (cluster, service) = (configuration["LLM_CLUSTER_ID"] ?? "prism", configuration["LLM_SERVICE_ID"] ?? "prism");
        // Puts the spans of this service and of the grains that it calls into one trace.
        client.AddActivityPropagation();
        client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster, service));
        return configuration["LLM_REDIS_URL"] is { Length: > 0 } url
            ? client.UseRedisClustering(options => options.ConfigurationOptions = ToOptions(new(url)))
            : client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, configuration.GetValue("LLM_SILO_GATEWAY_PORT", 30000)));
    }

    private static ConfigurationOptions ToOptions(Uri url)
    {
        var (user, password) = url.UserInfo.Split(':', 2) is [var name, var secret] ? (name, secret) : ("", "");
        var options = new ConfigurationOptions
        {
            EndPoints = { { url.Host, url.Port > 0 ? url.Port : 6379 } },
            Ssl = url.Scheme == "rediss",
            User = user.Length > 0 ? Uri.UnescapeDataString(user) : null,
            Password = password.Length > 0 ? Uri.UnescapeDataString(password) : null,
        };
        if (int.TryParse(url.AbsolutePath.Trim('/'), out var database))
        {
            options.DefaultDatabase = database;
        }

        return options;
    }
}
