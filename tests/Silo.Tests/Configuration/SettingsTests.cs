using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Prism.Grains.Usage;
using Prism.Pipeline;
using Prism.Pipeline.Costs;
using Prism.Providers;
using Prism.Silo.Cluster;
using Prism.Silo.Configuration;
using Prism.Silo.Configuration.Kinds;
using Prism.Silo.Metrics;
using Prism.Silo.Server;

namespace Prism.Tests.Configuration;

public sealed class SettingsTests
{
    [Fact]
    public void The_documented_defaults_are_the_defaults()
    {
        // Once from the table, once from nothing: what the documentation says must be what happens.
        var documented = new SettingsTable([]).All.Where(setting => !string.IsNullOrEmpty(setting.Default))
            .ToDictionary(setting => setting.Name, setting => setting.Default!);

        Assert.Equal(Describe([]), Describe(documented));

        static string Describe(Dictionary<string, string> variables)
        {
            using var app = SiloHost.Build(variables);
            return JsonSerializer.Serialize<object[]>(
            [
                app.Get<ServerOptions>(), app.Get<OverloadOptions>(), app.Get<MetricsOptions>(), app.Get<OrleansDashboardOptions>(), app.Get<ProvidersOptions>(),
                app.Get<SiloEndpointOptions>(), app.Get<ClusterTimingOptions>(), app.Get<RedisOptions>(), app.Get<CostOptions>(), app.Get<UsageOptions>(),
            ]);
        }
    }

    [Fact]
    public void Every_setting_of_the_service_has_its_variable()
    {
        Dictionary<string, string> variables = new()
        {
            ["LLM_HOST"] = " ::1 ",
            ["LLM_PORT"] = "8080\n",
            ["LLM_MAX_BODY_BYTES"] = "1000",
            ["LLM_METRICS_ENABLED"] = "off",
            ["LLM_METRICS_PORT"] = "9999",
            ["LLM_METRICS_AUTH"] = "true",
            ["LLM_ADMIN_API_KEY"] = "admin\n",
            ["LLM_API_KEYS"] = "one, two,",
            ["LLM_DASHBOARD_ENABLED"] = "False",
            ["LLM_CLUSTER_ID"] = "blue",
            ["LLM_SERVICE_ID"] = "mine",
            ["LLM_SILO_PORT"] = "11112",
            ["LLM_SILO_GATEWAY_PORT"] = "0",
            ["LLM_ADVERTISED_IP"] = "10.1.2.3",
            ["LLM_SHUTDOWN_TIMEOUT"] = "60",
            ["LLM_DRAIN_TIMEOUT"] = "50",
            ["LLM_DRAIN_DELAY"] = "5",
            ["LLM_MAX_CONNECTIONS"] = "7",
            ["LLM_HEADERS_TIMEOUT"] = "8",
            ["LLM_MIN_DATA_RATE"] = "9",
            ["LLM_MAX_CONCURRENT_REQUESTS"] = "10",
            ["LLM_MAX_QUEUED_REQUESTS"] = "0",
            ["LLM_QUEUE_TIMEOUT"] = "0.5",
            ["LLM_STREAM_WRITE_TIMEOUT"] = "12",
            ["LLM_REDIS_URL"] = "redis://redis:6379",
            ["LLM_CLUSTER_PROBE_TIMEOUT"] = "0.5",
            ["LLM_CLUSTER_MAX_PROBE_TIMEOUT"] = "3",
            ["LLM_CLUSTER_MISSED_PROBES"] = "4",
            ["LLM_CLUSTER_TABLE_REFRESH"] = "6",
            ["LLM_CLUSTER_ALIVE_INTERVAL"] = "7",
            ["LLM_CLUSTER_JOIN_TIMEOUT"] = "8",
            ["LLM_CLUSTER_RESPONSE_TIMEOUT"] = "9",
            ["LLM_CLUSTER_CANCEL_ON_TIMEOUT"] = "false",
            ["LLM_CLUSTER_MAX_QUEUED_CALLS"] = "10",
            ["LLM_USAGE_REPORT_INTERVAL"] = "2.5",
        };
        using var app = SiloHost.Build(variables);

        var server = app.Get<ServerOptions>();
        Assert.Equal(("::1", 8080, 1000), (server.Host, server.Port, server.MaxBodyBytes));
        Assert.Equal((false, 9999), (app.Get<MetricsOptions>().Enabled, app.Get<MetricsOptions>().Port));
        Assert.True(app.Get<MetricsOptions>().Auth);
        Assert.Equal("admin", app.Get<AuthOptions>().AdminApiKey);
        Assert.Equal(["one", "two"], app.Get<AuthOptions>().ApiKeys);
        Assert.False(app.Get<OrleansDashboardOptions>().Enabled);
        var silo = app.Get<SiloEndpointOptions>();
        Assert.Equal(("blue", "mine", 11112, 0), (silo.ClusterId, silo.ServiceId, silo.SiloPort, silo.GatewayPort));
        Assert.Equal(IPAddress.Parse("10.1.2.3"), silo.AdvertisedAddress);
        Assert.Equal((60, 5, 50), (server.ShutdownTimeout.TotalSeconds, server.DrainDelay.TotalSeconds, server.DrainTimeout.TotalSeconds));
        Assert.Equal((7, 8, 9), (server.MaxConnections, server.HeadersTimeout.TotalSeconds, server.MinDataRate));
        var overload = app.Get<OverloadOptions>();
        Assert.Equal(
            (10, 0, 0.5, 12),
            (overload.MaxConcurrentRequests, overload.MaxQueuedRequests, overload.QueueTimeout.TotalSeconds, overload.StreamWriteTimeout.TotalSeconds));
        Assert.Equal("redis://redis:6379", app.Get<RedisOptions>().Url);
        Assert.Equal(TimeSpan.FromSeconds(2.5), app.Get<UsageOptions>().ReportInterval);
        var timing = app.Get<ClusterTimingOptions>();
        Assert.Equal(TimeSpan.FromSeconds(3), timing.MaxProbeTimeout);
        Assert.Equal(
            (0.5, 4, 6, 7, 8, 9, false, 10),
            (timing.ProbeTimeout.TotalSeconds, timing.MissedProbes, timing.TableRefresh.TotalSeconds, timing.AliveInterval.TotalSeconds,
                timing.JoinTimeout.TotalSeconds, timing.ResponseTimeout.TotalSeconds, timing.CancelOnTimeout, timing.MaxQueuedCalls));
    }

    [Fact]
    public void Every_setting_of_a_provider_has_its_variable()
    {
        var options = SiloHost.Read<ProvidersOptions>(new()
        {
            ["LLM_DEFAULT_PROVIDER"] = "anthropic",
            ["LLM_ANTHROPIC_API_KEY"] = " sk-ant-1\n",
            ["LLM_ANTHROPIC_BASE_URL"] = "http://127.0.0.1:1/@a/",
            ["LLM_ANTHROPIC_DEFAULT_MODEL"] = "claude-x",
            ["LLM_ANTHROPIC_MODELS"] = "claude-y, claude-z,",
            ["LLM_ANTHROPIC_TIMEOUT"] = "90",
            ["LLM_ANTHROPIC_CONNECT_TIMEOUT"] = "0.5",
            ["LLM_ANTHROPIC_DEFAULT_MAX_TOKENS"] = "100",
            ["LLM_ANTHROPIC_MAX_ANSWER_BYTES"] = "65536",
            ["LLM_ANTHROPIC_REQUESTS_PER_MINUTE"] = "60",
            ["LLM_ANTHROPIC_TOKENS_PER_MINUTE"] = "1000",
            ["LLM_ANTHROPIC_TOKENS_PER_DAY"] = "100000",
            ["LLM_ANTHROPIC_TOKENS_PER_MONTH"] = "1000000000000",
            ["LLM_ANTHROPIC_MAX_CONCURRENCY"] = "7",
            ["LLM_ANTHROPIC_QUEUE_TIMEOUT_MS"] = "1500",
            ["LLM_ECHO_DELAY_MS"] = "20",
        });

        Assert.Equal("anthropic", options.DefaultProvider);
        var provider = options.Providers["anthropic"];
        Assert.Equal("anthropic", provider.Name);
        Assert.Equal(ProviderType.Anthropic, provider.Type);
        Assert.Equal("sk-ant-1", provider.ApiKey);
        Assert.Equal("http://127.0.0.1:1/@a/", provider.BaseUrl);
        Assert.Equal("claude-x", provider.DefaultModel);
        Assert.Equal(["claude-y", "claude-z"], provider.Models.AsEnumerable());
        Assert.Equal(TimeSpan.FromSeconds(90), provider.Timeout);
        Assert.Equal(TimeSpan.FromMilliseconds(500), provider.ConnectTimeout);
        Assert.Equal((100, 65_536), (provider.DefaultMaxTokens, provider.MaxAnswerBytes));
        Assert.Equal((60, 1_000, 100_000), (provider.RequestsPerMinute, provider.TokensPerMinute, provider.TokensPerDay));
        Assert.Equal((1_000_000_000_000, 7), (provider.TokensPerMonth, provider.MaxConcurrency));
        Assert.Equal(TimeSpan.FromSeconds(1.5), provider.QueueTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(20), options.Providers["echo"].Delay);
    }

    [Fact]
    public async Task A_price_that_cannot_be_stops_the_start_with_its_file_and_field()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{"openai":{"models":{"gpt-4o":{"input":"cheap","output":1}}}}""");

        var line = await SiloHost.FailAsync(new() { ["LLM_PRICES_FILE"] = file });

        Assert.StartsWith(
            $"prism: LLM_PRICES_FILE (Prism:Costs:PricesFile): {file} cannot be used: openai.models['gpt-4o'].input has to be", line, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public void The_file_takes_the_same_settings()
    {
        Dictionary<string, string?> file = new()
        {
            ["Prism:Port"] = "8080",
            ["Prism:Metrics:Enabled"] = "False",
            ["Prism:Cluster:ClusterId"] = "blue",
            ["Prism:Providers:OpenAI:ApiKey"] = "sk-1\n",
            ["Prism:Providers:OpenAI:Timeout"] = "00:01:30",
            ["Prism:Providers:OpenAI:Models:0"] = "gpt-a",
            ["Prism:Providers:OpenAI:Models:1"] = "gpt-b",
        };
        using var app = SiloHost.Build(appSettings: file);

        Assert.Equal(8080, app.Get<ServerOptions>().Port);
        Assert.False(app.Get<MetricsOptions>().Enabled);
        Assert.Equal("blue", app.Get<SiloEndpointOptions>().ClusterId);
        var provider = app.Get<ProvidersOptions>().Providers["openai"];
        Assert.Equal(("sk-1", TimeSpan.FromSeconds(90)), (provider.ApiKey, provider.Timeout));
        Assert.Equal(["gpt-a", "gpt-b"], provider.Models.AsEnumerable());
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        using var app = SiloHost.Build(
            new() { ["LLM_PORT"] = "2", ["LLM_METRICS_PORT"] = "2", ["LLM_OPENAI_MODELS"] = "only" },
            new()
            {
                ["Prism:Port"] = "1",
                ["Prism:Metrics:Port"] = "1",
                ["Prism:MaxBodyBytes"] = "1",
                ["Prism:Providers:openai:Models:0"] = "a",
                ["Prism:Providers:openai:Models:1"] = "b",
            },
            arguments: ["--Prism:Port=3"]);

        Assert.Equal((3, 2, 1), (app.Get<ServerOptions>().Port, app.Get<MetricsOptions>().Port, app.Get<ServerOptions>().MaxBodyBytes));
        Assert.Equal(["only"], app.Get<ProvidersOptions>().Providers["openai"].Models.AsEnumerable());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public void An_empty_variable_is_none(string empty)
    {
        using var app = SiloHost.Build(
            new() { ["LLM_PORT"] = empty, ["LLM_OPENAI_API_KEY"] = empty, ["LLM_PROVIDERS"] = empty }, new() { ["Prism:Port"] = "1" });
        Assert.Equal(1, app.Get<ServerOptions>().Port);
        Assert.Null(app.Get<ProvidersOptions>().Providers["openai"].ApiKey);
        Assert.Equal(["openai", "anthropic", "ollama", "echo"], app.Get<ProvidersOptions>().Providers.Keys);
    }

    [Fact]
    public void Keys_in_the_file_may_be_a_list()
    {
        var options = SiloHost.Read<AuthOptions>(appSettings: new() { ["Prism:Auth:ApiKeys:0"] = "one", ["Prism:Auth:ApiKeys:1"] = "two" });

        Assert.Equal(["one", "two"], options.ApiKeys);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::")]
    [InlineData("0.0.0.0")]
    [InlineData("localhost")]
    [InlineData("*")]
    public void A_host_may_be_an_address_or_a_wildcard(string host) =>
        Assert.Equal(host, SiloHost.Read<ServerOptions>(new() { ["LLM_HOST"] = host }).Host);

    [Fact]
    public void The_shipped_file_says_what_is_the_default()
    {
        var values = new ConfigurationBuilder().AddJsonFile(RepositoryFiles.Find("src/Silo/appsettings.json")).Build().AsEnumerable()
            .Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!.ToLowerInvariant());
        var defaults = Settings.Groups.SelectMany(group => group.Settings)
            .Where(setting => setting.Path is not null && setting.Default is not null)
            .ToDictionary(
                setting => setting.Path!,
                setting => setting.Kind is DurationKind ? setting.Kind.Read(setting.Default!).Configured! : setting.Default!);

        Assert.Equal(defaults.OrderBy(pair => pair.Key), values.OrderBy(pair => pair.Key));
    }
}
