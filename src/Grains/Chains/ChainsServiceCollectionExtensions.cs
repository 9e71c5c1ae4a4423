using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Prism.Grains.Catalog;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Chains.Running;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Settings;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains;

/// <summary>Registers chains.</summary>
internal static class ChainsServiceCollectionExtensions
{
    /// <summary>
    /// Adds the services of the grains of chains, with the <see cref="ChainOptions"/> that the caller configures. Their silo has to have reminders
    /// and a grain storage named <see cref="StorageNames.Runs"/>.
    /// </summary>
    public static IServiceCollection AddPrismChains(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddStartSettings();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ChainOptions>, ChainOptionsValidator>());
        services.AddOptions<ChainOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<QuotaOptions>, QuotaOptionsValidator>());
        services.AddOptions<QuotaOptions>().ValidateOnStart();
        services.TryAddSingleton(provider => new TemplateEngine(
            provider.GetRequiredService<ISettings<TemplateOptions>>().Current, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ITemplateRunner>(provider => new TemplateRunner(provider.GetRequiredService<ISettings<TemplateOptions>>().Current));
        services.AddSingleton<ChainPlanner>();
        services.AddSingleton<ChainDrafts>();
        services.AddSingleton<ChainTelemetry>();
        services.AddSingleton<StepCaller>();
        services.AddSingleton<RunFactory>();
        services.AddSingleton<ChainClient>();
        return services;
    }
}
