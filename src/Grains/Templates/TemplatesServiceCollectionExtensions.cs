using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Prism.Grains.Catalog;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Settings;

namespace Prism.Grains.Templates;

/// <summary>Registers the prompt templates.</summary>
internal static class TemplatesServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IPromptTemplates"/>, held to the <see cref="TemplateOptions"/> that the caller configures. Users' own templates need an
    /// Orleans silo with a grain storage named <see cref="StorageNames.Catalogs"/>.
    /// </summary>
    public static IServiceCollection AddPrismTemplates(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddStartSettings();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TemplateOptions>, TemplateOptionsValidator>());
        services.AddOptions<TemplateOptions>().ValidateOnStart();
        services.TryAddSingleton(provider => new TemplateEngine(
            provider.GetRequiredService<ISettings<TemplateOptions>>().Current, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ITemplateRunner>(provider => new TemplateRunner(provider.GetRequiredService<ISettings<TemplateOptions>>().Current));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<QuotaOptions>, QuotaOptionsValidator>());
        services.AddOptions<QuotaOptions>().ValidateOnStart();
        services.TryAddSingleton<BuiltInCatalog>();
        services.TryAddSingleton<TemplateDrafts>();
        services.TryAddSingleton<TemplateCache>();
        services.TryAddSingleton<SiloBroadcast>();
        services.TryAddSingleton<TemplateBroadcast>();
        services.TryAddSingleton<IPromptTemplates, PromptTemplates>();
        services.AddGrainService<TemplateCacheService>();
        return services;
    }
}
