using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Prism.Templates;

/// <summary>Registers the prompt templates.</summary>
internal static class TemplatesServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IPromptTemplates"/>, held to the <see cref="TemplateOptions"/> that the caller configures.</summary>
    public static IServiceCollection AddPrismTemplates(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TemplateOptions>, TemplateOptionsValidator>());
        services.AddOptions<TemplateOptions>().ValidateOnStart();
        services.TryAddSingleton<IPromptTemplates, PromptTemplates>();
        return services;
    }
}
