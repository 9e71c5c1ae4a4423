using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Prism.Providers;

namespace Prism.Costs;

/// <summary>Registers what answers cost.</summary>
internal static class CostsServiceCollectionExtensions
{
    /// <summary>Adds the <see cref="Billing"/> of answers. Needs the providers (<c>AddPrismProviders</c>) and <see cref="Chat.ChatTelemetry"/>.</summary>
    public static IServiceCollection AddPrismCosts(this IServiceCollection services)
    {
        services.AddSingleton(provider => new PriceTable(
            provider.GetRequiredService<ProviderRegistry>(), provider.GetRequiredService<IOptions<CostOptions>>().Value));
        services.AddSingleton<Billing>();
        return services;
    }
}
