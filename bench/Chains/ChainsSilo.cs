using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using Prism.Grains;
using Prism.Grains.Interfaces;
using Prism.Grains.Storage;
using Prism.Pipeline;
using Prism.Providers;
using Prometheus;
using StackExchange.Redis;

namespace Prism.Bench;

/// <summary>A silo with all of Prism but its HTTP API.</summary>
internal static class ChainsSilo
{
    /// <param name="redis">Where state and reminders are; null: in the silo's memory.</param>
    /// <param name="port">The first of its two ports.</param>
    public static async Task<IHost> StartAsync(string? redis, int port)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(port, port + 1, null, "bench", "bench");
            _ = redis is null ? silo.UseMemory() : silo.UseRedis(ConfigurationOptions.Parse(redis));
            silo.Services.Replace(ServiceDescriptor.Singleton<IGrainStorageSerializer, GrainStateSerializer>());
            silo.Services
                .AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()))
                .AddPrismProviders()
                .AddPrismGrains().AddPrismPipeline();
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static ISiloBuilder UseMemory(this ISiloBuilder silo)
    {
        foreach (var name in StorageNames.All)
        {
            silo.AddMemoryGrainStorage(name);
        }

        return silo.UseInMemoryReminderService();
    }

    private static ISiloBuilder UseRedis(this ISiloBuilder silo, ConfigurationOptions redis)
    {
        foreach (var name in StorageNames.All)
        {
            silo.AddRedisGrainStorage(name, storage => (storage.ConfigurationOptions, storage.DeleteStateOnClear) = (redis, true));
        }

        return silo.UseRedisReminderService(reminders => reminders.ConfigurationOptions = redis);
    }
}
