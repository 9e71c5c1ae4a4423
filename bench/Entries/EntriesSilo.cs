using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using Prism.Grains.Cache;
using Prism.Grains.Interfaces;
using Prism.Grains.Storage;
using Prometheus;
using StackExchange.Redis;

namespace Prism.Bench;

/// <summary>A silo with the cache's grains and nothing else, on a Redis.</summary>
internal static class EntriesSilo
{
    /// <summary>Starts it, and says how long that took.</summary>
    public static async Task<(IHost Host, TimeSpan Took)> StartAsync(string redis, string serviceId, int port)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleans(silo =>
        {
            var options = ConfigurationOptions.Parse(redis);
            silo.UseLocalhostClustering(port, port + 1, null, serviceId, serviceId)
                .AddRedisGrainStorage(StorageNames.Cache, storage => (storage.ConfigurationOptions, storage.DeleteStateOnClear) = (options, true))
                .UseRedisReminderService(reminders => reminders.ConfigurationOptions = options);
            silo.Services.Replace(ServiceDescriptor.Singleton<IGrainStorageSerializer, GrainStateSerializer>());
            silo.Services
                .AddSingleton(TimeProvider.System)
                .AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()))
                .AddSingleton<CacheTelemetry>();
        });
        var host = builder.Build();
        var began = Stopwatch.GetTimestamp();
        await host.StartAsync();
        return (host, Stopwatch.GetElapsedTime(began));
    }
}
