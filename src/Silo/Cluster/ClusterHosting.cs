using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Storage;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cluster;
using StackExchange.Redis;

namespace Prism.Silo.Cluster;

/// <summary>The two ways to host a silo: alone and in memory, or in a cluster on Redis. Both host the same grains.</summary>
internal static class ClusterHosting
{
    /// <summary>A single silo, which loses its state when it ends.</summary>
    public static ISiloBuilder UseMemory(this ISiloBuilder silo, SiloEndpointOptions endpoints)
    {
        silo.UseLocalhostClustering(endpoints.SiloPort, endpoints.GatewayPort, null, endpoints.ServiceId, endpoints.ClusterId)
            .UseInMemoryReminderService();
        foreach (var name in StorageNames.All)
        {
            silo.AddMemoryGrainStorage(name);
        }

        return silo.UseGrainStateJson();
    }

    /// <summary>
    /// A silo of a cluster. All keys begin with the service's id and a slash (<c>prism/members/…</c>, <c>prism/state/…</c>,
    /// <c>prism/reminders</c>), so that a Redis user can be limited to them.
    /// </summary>
    public static ISiloBuilder UseRedis(this ISiloBuilder silo, SiloEndpointOptions endpoints, RedisUrl url)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services
            .AddSingleton(url)
            .AddSingleton<RedisConnection>()
            .AddSingleton<IRedisProbe, RedisProbe>()
            .AddSingleton<RedisWatch>()
            .AddSingleton<IClusterStorage>(services => services.GetRequiredService<RedisWatch>())
            .AddHostedService(services => services.GetRequiredService<RedisWatch>())
            .AddSingleton<OwnRowWatch>()
            .AddSingleton<ISiloRow>(services => services.GetRequiredService<OwnRowWatch>())
            .AddHostedService(services => services.GetRequiredService<OwnRowWatch>())
            .AddHostedService<DeathLog>();
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (endpoints.ClusterId, endpoints.ServiceId))
            .Configure<EndpointOptions>(options => SetEndpoints(options, endpoints))
            .ShareConnection(url.ToClientOptions());
        return silo.UseGrainStateJson();
    }

    // Orleans requires the client's options although it gets the connection itself.
    private static ISiloBuilder ShareConnection(this ISiloBuilder silo, ConfigurationOptions client)
    {
        silo.UseRedisClustering(_ => { }).UseRedisReminderService(_ => { });
        silo.Services.AddOptions<Orleans.Clustering.Redis.RedisClusteringOptions>().Configure<RedisConnection>((options, redis) =>
            (options.ConfigurationOptions, options.CreateMultiplexer) = (client, async _ => (await redis.GetAsync(), IsShared: true)));
        silo.Services.AddOptions<RedisReminderTableOptions>().Configure<RedisConnection>((options, redis) =>
            (options.ConfigurationOptions, options.CreateMultiplexer) = (client, async _ => (await redis.GetAsync(), IsShared: true)));
        foreach (var name in StorageNames.All)
        {
            silo.AddRedisGrainStorage(name, storage => storage.Configure<RedisConnection>((options, redis) =>
            {
                (options.ConfigurationOptions, options.CreateMultiplexer) = (client, async _ => (await redis.GetAsync(), IsShared: true));
                options.DeleteStateOnClear = true;
            }));
        }

        return silo;
    }

    private static ISiloBuilder UseGrainStateJson(this ISiloBuilder silo) => silo.ConfigureServices(services =>
        services.Replace(ServiceDescriptor.Singleton<IGrainStorageSerializer, Grains.Storage.GrainStateSerializer>()));

    private static void SetEndpoints(EndpointOptions options, SiloEndpointOptions endpoints)
    {
        var address = endpoints.AdvertisedAddress ?? OwnAddress.Detect();
        (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (address, endpoints.SiloPort, endpoints.GatewayPort);
        // Behind a NAT, this machine may not have the advertised address itself. So the silo listens at all addresses.
        var listen = IPAddress.IsLoopback(address) ? address
            : address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any
            : IPAddress.Any;
        options.SiloListeningEndpoint = new(listen, endpoints.SiloPort);
        if (endpoints.GatewayPort != 0)
        {
            options.GatewayListeningEndpoint = new(listen, endpoints.GatewayPort);
        }
    }
}
