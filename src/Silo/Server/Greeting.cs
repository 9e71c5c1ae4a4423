using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Prism.Gateway.Health;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.Providers;
using Prism.Pipeline;
using Prism.Silo.Cluster;
using Prism.Silo.Logging;
using Prism.Silo.Metrics;

namespace Prism.Silo.Server;

/// <summary>Logs the addresses and the configuration, once the silo is ready and after all other lines of the start.</summary>
internal sealed partial class Greeting(
    Readiness readiness,
    IProviderCatalog providers,
    IOptions<AuthOptions> authentication,
    IServer server,
    IOptions<MetricsOptions> metrics,
    IOptions<OrleansDashboardOptions> dashboard,
    IOptions<RedisOptions> redis,
    LogOutput log,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<Greeting> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Cancelled after the greeting, or by the shutdown.
    private readonly CancellationTokenSource _over = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = new SurvivingLoop("Greeting", Pause, GreetOnceReadyAsync, time, logger).RunInBackground(_over.Token);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _over.CancelAsync();

    public void Dispose() => _over.Dispose();

    private async Task GreetOnceReadyAsync(CancellationToken stop)
    {
        if (lifetime.ApplicationStarted.IsCancellationRequested && readiness.FindObstacle() is null)
        {
            Greet();
            await _over.CancelAsync();
        }
    }

    private void Greet()
    {
        var facts = Look();
        if (!logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        if (log.Format == LogFormat.Json)
        {
            LogReady(
                facts.Version, facts.Url, facts.Docs, facts.Dashboard, facts.Metrics, facts.DefaultProvider, facts.Usable, facts.Unusable, facts.Access,
                facts.State, facts.DefaultProvider, facts.DefaultModel);
            return;
        }

        LogReadyInText(
            facts.Version, facts.Url, facts.Docs, facts.Dashboard, facts.Metrics, facts.ProvidersInText, facts.UnusableInText, facts.ModelsInText,
            facts.AccessInText, facts.StateInText);
    }

    private GreetingFacts Look()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses.Select(ListenedAddress.ToLink).ToList() ?? [];
        var url = addresses.FirstOrDefault() ?? "";
        var all = providers.GetStatus();
        return new()
        {
            Version = CommandLine.Version,
            Url = url,
            Docs = $"{url}/docs",
            Dashboard = dashboard.Value.Enabled ? $"{url}/dashboard" : GreetingFacts.Off,
            Metrics = metrics.Value.Enabled ? $"{(addresses.Count > 1 ? addresses[1] : url)}/metrics" : GreetingFacts.Off,
            DefaultProvider = providers.Default,
            DefaultModel = all.First(provider => provider.Name == providers.Default).DefaultModel,
            Usable = [.. all.Where(provider => provider.Usable).Select(provider => provider.Name)],
            Unusable = all.Where(provider => !provider.Usable).ToDictionary(provider => provider.Name, provider => $"{provider.Missing} is not set"),
            Access = authentication.Value is { AdminApiKey: null, ApiKeys.Count: 0 } ? GreetingFacts.Open : "keys",
            State = redis.Value.Url is { Length: > 0 } text ? $"redis {RedisUrl.TryParse(text).Url}" : GreetingFacts.Memory,
        };
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message =
        "Prism {Version} is ready at {Url}; docs {Docs}, dashboard {Dashboard}, metrics {Metrics}; default provider {DefaultProvider}, "
        + "usable {UsableProviders}, not usable {UnusableProviders}; access {Access}, state {State}; a bare model name goes to {BareModelProvider}, "
        + "no name means {DefaultModel}")]
    private partial void LogReady(
        string version,
        string url,
        string docs,
        string dashboard,
        string metrics,
        string defaultProvider,
        IReadOnlyList<string> usableProviders,
        IReadOnlyDictionary<string, string> unusableProviders,
        string access,
        string state,
        string bareModelProvider,
        string defaultModel);

    // The line ends are in the template: in a value they would be escaped.
    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message =
        "Prism {Version} is ready at {Url}\n"
        + "  docs        {Docs}\n"
        + "  dashboard   {Dashboard}\n"
        + "  metrics     {Metrics}\n"
        + "  providers   {Providers}\n"
        + "  not usable  {Unusable}\n"
        + "  models      {Models}\n"
        + "  access      {Access}\n"
        + "  state       {State}")]
    private partial void LogReadyInText(
        string version,
        string url,
        string docs,
        string dashboard,
        string metrics,
        string providers,
        string unusable,
        string models,
        string access,
        string state);
}
