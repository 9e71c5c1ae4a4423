using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Prism.Providers;

namespace Prism.Costs;

/// <summary>Registers what answers cost.</summary>
internal static class CostsServiceCollectionExtensions
{
    /// <summary>Adds the <see cref="PriceTable"/>. Needs the providers (<c>AddPrismProviders</c>).</summary>
    public static IServiceCollection AddPrismCosts(this IServiceCollection services)
    {
        services.AddSingleton(provider => new PriceTable(
            provider.GetRequiredService<ProviderRegistry>(), provider.GetRequiredService<IOptions<CostOptions>>().Value));
        return services;
    }
}
