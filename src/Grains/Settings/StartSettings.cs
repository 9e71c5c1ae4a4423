using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Prism.Grains.Settings;

/// <summary>Settings that stay as they were at the start: those of a host without the pipeline's snapshots.</summary>
internal sealed class StartSettings<T>(IOptions<T> options) : ISettings<T>
    where T : class
{
    public T Current => options.Value;
}

/// <summary>Registers settings.</summary>
internal static class SettingsServiceCollectionExtensions
{
    /// <summary>Adds the settings as they are configured, of every area for which the host has no others.</summary>
    public static IServiceCollection AddStartSettings(this IServiceCollection services)
    {
        services.AddOptions();
        services.TryAddSingleton(typeof(ISettings<>), typeof(StartSettings<>));
        return services;
    }
}
