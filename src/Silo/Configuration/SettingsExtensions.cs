using System.Collections;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Options;
using Prism.Gateway.Storage;
using Prism.Grains.Breakers;
using Prism.Grains.Cache;
using Prism.Grains.Catalog;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Templates;
using Prism.Grains.Usage;
using Prism.Pipeline;
using Prism.Pipeline.Attempts;
using Prism.Pipeline.Costs;
using Prism.Providers;
using Prism.Providers.Telemetry;
using Prism.Silo.Cluster;
using Prism.Silo.Configuration.Kinds;
using Prism.Silo.Metrics;
using Prism.Silo.Server;
using Prism.Silo.Telemetry;

namespace Prism.Silo.Configuration;

/// <summary>Reads and checks the configuration.</summary>
internal static class SettingsExtensions
{
    /// <summary>
    /// Reads the <c>LLM_…</c> variables over the configuration so far (appsettings.json), under the command line, and adds all options. They are
    /// checked at the start.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="variables">The environment; null for the process's own.</param>
    /// <exception cref="SettingException">A variable is wrong.</exception>
    public static TBuilder AddPrismConfiguration<TBuilder>(this TBuilder builder, IReadOnlyDictionary<string, string>? variables = null)
        where TBuilder : IHostApplicationBuilder
    {
        variables ??= ReadEnvironment();
        var added = ReadAddedProviders(variables);
        var configured = builder.Configuration.GetSection(Settings.ProvidersPath).GetChildren().Select(section => section.Key);
        var table = new SettingsTable(added.Union(configured, StringComparer.Ordinal));

        AddSource(builder.Configuration, new VariablesConfigurationSource(variables, table, added));
        builder.Services
            .AddSingleton(table)
            .AddSection<ServerOptions>(Settings.Section)
            .AddSection<MetricsOptions>(Settings.MetricsSection)
            .AddSection<OrleansDashboardOptions>(Settings.DashboardSection)
            .AddSection<AttemptOptions>(Settings.FailoverSection)
            .AddSection<BreakerOptions>(Settings.BreakerSection)
            .AddSection<TelemetryOptions>(Settings.TelemetrySection)
            .AddSection<TraceOptions>(Settings.TelemetrySection)
            .AddSection<OverloadOptions>(Settings.OverloadSection)
            .AddSection<StorageOptions>(Settings.StorageSection)
            .AddSection<CacheOptions>(Settings.CacheSection)
            .AddSection<ChainOptions>(Settings.ChainsSection)
            .AddSection<TemplateOptions>(Settings.TemplatesSection)
            .AddSection<QuotaOptions>(Settings.QuotasSection)
            .AddSection<CostOptions>(Settings.CostsSection)
            .AddSection<UsageOptions>(Settings.UsageSection)
            .AddSection<SiloEndpointOptions>(Settings.ClusterSection)
            .AddSection<ClusterTimingOptions>(Settings.ClusterSection)
            .AddSection<RedisOptions>(Settings.RedisSection)
            .AddSingleton<IValidateOptions<ServerOptions>, ShutdownValidator>()
            .AddSingleton<IValidateOptions<ServerOptions>, PortsValidator>()
            .AddSingleton<IValidateOptions<CostOptions>, PricesValidator>()
            .AddSingleton<IValidateOptions<MetricsOptions>, MetricsAuthValidator>()
            .AddSingleton<IConfigureOptions<AuthOptions>, AuthSection>()
            .AddSingleton<IValidateOptions<AuthOptions>, AuthSection>()
            .AddSingleton<IConfigureOptions<ProvidersOptions>, ProvidersSection>()
            .AddSingleton<IValidateOptions<ProvidersOptions>, ProvidersValidator>()
            .AddHostedService<StartupNotices>()
            .AddOptions<ProvidersOptions>().ValidateOnStart().Services
            .AddOptions<AuthOptions>().ValidateOnStart();
        foreach (var notice in UnknownVariables.Find(variables, table).Concat(ForeignVariables.Find(variables, table)))
        {
            builder.Services.AddSingleton(new StartupNotice(notice));
        }

        return builder;
    }

    private static IServiceCollection AddSection<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().ValidateOnStart();
        return services
            .AddSingleton<IConfigureOptions<TOptions>>(provider => Create(provider))
            .AddSingleton<IValidateOptions<TOptions>>(provider => Create(provider));

        SettingsSection<TOptions> Create(IServiceProvider provider) =>
            new(section, provider.GetRequiredService<SettingsTable>(), provider.GetRequiredService<IConfiguration>());
    }

    private static string[] ReadAddedProviders(IReadOnlyDictionary<string, string> variables)
    {
        if (VariablesConfigurationSource.ReadText(variables, Settings.Providers) is not { } text)
        {
            return [];
        }

        return Settings.Providers.Kind.FindProblem(text) is { } problem
            ? throw new SettingException($"{Settings.Providers.Label} {problem}.")
            : ListKind.Split(text);
    }

    private static void AddSource(IConfigurationManager configuration, VariablesConfigurationSource source)
    {
        // The command line, typed for one start, overrides the machine's environment.
        var commandLine = configuration.Sources.OfType<CommandLineConfigurationSource>().LastOrDefault();
        var position = commandLine is null ? configuration.Sources.Count : configuration.Sources.IndexOf(commandLine);
        configuration.Sources.Insert(position, source);
    }

    // The names are case-sensitive, as on every system that Prism is deployed on.
    private static Dictionary<string, string> ReadEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
