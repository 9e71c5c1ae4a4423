using System.Collections.Immutable;
using Prism.Silo.Configuration.Kinds;
using Prism.Silo.Logging;

namespace Prism.Silo.Configuration;

/// <summary>
/// All settings but those of a provider (<see cref="ProviderSettings"/>). A line here is a setting's environment variable, its check, and its row in
/// docs/configuration.md.
/// </summary>
internal static class Settings
{
    public const string Prefix = "LLM_";
    public const string Section = "Prism";
    public const string MetricsSection = "Prism:Metrics";
    public const string DashboardSection = "Prism:Dashboard";
    public const string FailoverSection = "Prism:Failover";
    public const string BreakerSection = "Prism:Breaker";
    public const string TelemetrySection = "Prism:Telemetry";
    public const string OverloadSection = "Prism:Overload";
    public const string CacheSection = "Prism:Cache";
    public const string ChainsSection = "Prism:Chains";
    public const string TemplatesSection = "Prism:Templates";
    public const string CostsSection = "Prism:Costs";
    public const string UsageSection = "Prism:Usage";
    public const string PricesFilePath = "Prism:Costs:PricesFile";
    public const string QuotasSection = "Prism:Quotas";
    public const string StorageSection = "Prism:Storage";
    public const string ClusterSection = "Prism:Cluster";
    public const string RedisSection = "Prism:Redis";
    public const string RedisUrlPath = "Prism:Redis:Url";
    public const string ProvidersPath = "Prism:Providers";
    public const string LogLevelPath = "Prism:LogLevel";
    public const string LogFormatPath = "Prism:LogFormat";
    public const string PortPath = "Prism:Port";
    public const string MetricsPortPath = "Prism:Metrics:Port";
    public const string DefaultProviderPath = "Prism:DefaultProvider";
    public const string FallbackProvidersPath = "Prism:FallbackProviders";

    private const int MaxPort = 65535;
    private const int MaxEntries = 1_000_000;
    public const long MaxLimit = 1_000_000_000_000;
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxTtl = TimeSpan.FromDays(365);
    private static readonly TimeSpan MaxPeriod = TimeSpan.FromMinutes(10);

    /// <summary>Adds providers by name. Has no path: in the configuration, a section adds one.</summary>
    public static readonly Setting Providers = new(
        "LLM_PROVIDERS", null, SettingKind.List(ProviderNames.FindProblem), null,
        "Names of providers to add to the built-in ones: `groq,vllm`.");

    public static readonly Setting DefaultProvider = new(
        "LLM_DEFAULT_PROVIDER", DefaultProviderPath, SettingKind.Text, "echo", "The provider of a request that does not name one.");

    public static readonly Setting FallbackProviders = new(
        "LLM_FALLBACK_PROVIDERS", FallbackProvidersPath, SettingKind.List(), null,
        "Providers to fall back on, in this order and with their default models, when a provider fails before its first token: `ollama,echo`.");

    public static readonly Setting AdminApiKey = new(
        "LLM_ADMIN_API_KEY", "Prism:Auth:AdminApiKey", SettingKind.Secret, null,
        "Turns authentication on. The key with full access: create keys, clear the cache, open the dashboard.");

    public static readonly Setting ApiKeys = new(
        "LLM_API_KEYS", "Prism:Auth:ApiKeys", SettingKind.Secrets, null,
        "Turns authentication on. Keys for the API without limits; keys with limits are created with `POST /admin/keys`.");

    public static readonly Setting OtlpEndpoint = new(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "Prism:Telemetry:Endpoint", SettingKind.Url, null,
        "The OpenTelemetry collector that receives traces and `gen_ai.…` measurements; without it there are none.");

    public static readonly ImmutableArray<SettingGroup> Groups =
    [
        new("Service",
        [
            new("LLM_HOST", "Prism:Host", SettingKind.Host, "0.0.0.0", "The address to listen at."),
            new("LLM_PORT", PortPath, SettingKind.WholeNumber(0, MaxPort), "8000", "The port of the API; `0`: any free one."),
            new("LLM_MAX_BODY_BYTES", "Prism:MaxBodyBytes", SettingKind.WholeNumber(1, 1 << 30), "4194304", "The longest request body."),
            new("LLM_SHUTDOWN_TIMEOUT", "Prism:ShutdownTimeout", SettingKind.Seconds(MaxTimeout), "40",
                "The longest time from SIGTERM to the end of the process."),
            new("LLM_DRAIN_DELAY", "Prism:DrainDelay", SettingKind.SecondsOrNone(MaxTimeout), "0",
                "The first part of it: requests are still served, but the silo is not ready, until load balancers have noticed. 5 in Kubernetes."),
            new("LLM_DRAIN_TIMEOUT", "Prism:DrainTimeout", SettingKind.Seconds(MaxTimeout), "25",
                "The next part of it: requests in progress finish. In the rest, the silo hands over its state."),
            new("LLM_LOG_LEVEL", LogLevelPath, LogLevels.Kind, "info", "The lowest level of log lines that are written."),
            new("LLM_LOG_FORMAT", LogFormatPath, SettingKind.Choice(("auto", "Auto"), ("text", "Text"), ("json", "Json")), "auto",
                "The format of log lines: text for people, or JSON. `auto`: text in a terminal, else JSON."),
            DefaultProvider,
            Providers,
        ]),
        new("Authentication", [AdminApiKey, ApiKeys]),
        new("Observability",
        [
            new("LLM_METRICS_ENABLED", "Prism:Metrics:Enabled", SettingKind.Switch, "true", "Whether `/metrics` is served."),
            new("LLM_METRICS_PORT", MetricsPortPath, SettingKind.WholeNumber(0, MaxPort), "9090",
                "The port that serves only `/metrics`; `LLM_PORT` serves it too. `0`: any free one."),
            new("LLM_METRICS_AUTH", "Prism:Metrics:Auth", SettingKind.Switch, "false",
                "Whether `/metrics` requires the admin key on `LLM_METRICS_PORT` too, as it does on `LLM_PORT`."),
            new("LLM_METRICS_HTTP", "Prism:Metrics:Http", SettingKind.Switch, "false",
                "Whether `/metrics` includes the request metrics of ASP.NET Core and .NET's HTTP client. They cost processor time."),
            new("LLM_DASHBOARD_ENABLED", "Prism:Dashboard:Enabled", SettingKind.Switch, "true", "Whether the Orleans dashboard is served."),
            OtlpEndpoint,
            new("OTEL_EXPORTER_OTLP_PROTOCOL", "Prism:Telemetry:Protocol",
                SettingKind.Choice(("grpc", "Grpc"), ("http/protobuf", "HttpProtobuf"), ("HttpProtobuf", "HttpProtobuf")), "grpc", "The protocol of the collector."),
            new("LLM_TRACE_CONTENT", "Prism:Telemetry:Content", SettingKind.Switch, "false",
                "Whether traces contain prompts and answers."),
        ]),
        new("Failing providers",
        [
            FallbackProviders,
            new("LLM_MAX_RETRIES", "Prism:Failover:MaxRetries", SettingKind.WholeNumber(0, 10), "2",
                "The most retries at a provider after a transient failure, before its first token."),
            new("LLM_RETRY_BACKOFF_MS", "Prism:Failover:RetryBackoff", SettingKind.Milliseconds(MaxTimeout), "250",
                "The longest pause before the first retry; it doubles with each, up to 8 s. Pauses are random, up to this."),
            new("LLM_RETRY_MAX_WAIT", "Prism:Failover:MaxRetryAfter", SettingKind.Seconds(MaxTimeout), "10",
                "The longest `Retry-After` of a provider that Prism waits for; a longer one is passed on to the client."),
            new("LLM_REQUEST_DEADLINE", "Prism:Failover:Deadline", SettingKind.Seconds(MaxTimeout), "180",
                "The longest time of a request to its first token: retries and fallbacks do not start later, and end without one."),
            new("LLM_BREAKER_ENABLED", "Prism:Breaker:Enabled", SettingKind.Switch, "true",
                "Whether a provider that keeps failing is not called for a while."),
            new("LLM_BREAKER_CONSECUTIVE_FAILURES", "Prism:Breaker:ConsecutiveFailures", SettingKind.WholeNumber(1, 1_000_000), "10",
                "Consecutive failures on one silo that open the breaker for the whole cluster."),
            new("LLM_BREAKER_FAILURE_RATE", "Prism:Breaker:FailureRate", SettingKind.WholeNumber(1, 100), "50",
                "The share of failed calls on one silo, in percent, that opens it too."),
            new("LLM_BREAKER_MINIMUM_CALLS", "Prism:Breaker:MinimumCalls", SettingKind.WholeNumber(1, 1_000_000), "20",
                "The fewest calls for the share to count."),
            new("LLM_BREAKER_WINDOW", "Prism:Breaker:Window", SettingKind.Seconds(MaxPeriod), "30", "The time over which the share is computed."),
            new("LLM_BREAKER_OPEN_DURATION", "Prism:Breaker:OpenDuration", SettingKind.Seconds(MaxPeriod), "15",
                "How long the breaker stays open. Each failed probe doubles it, up to eight times as long."),
            new("LLM_BREAKER_PROBES", "Prism:Breaker:Probes", SettingKind.WholeNumber(1, 1_000), "2",
                "The number of simultaneous probes in the whole cluster, and of successes that close the breaker."),
        ]),
        new("Overload",
        [
            new("LLM_MAX_CONCURRENT_REQUESTS", "Prism:Overload:MaxConcurrentRequests", SettingKind.WholeNumber(1, 1_000_000), "1000",
                "The most requests of `/v1` in progress on this silo. A stream counts until its end."),
            new("LLM_MAX_QUEUED_REQUESTS", "Prism:Overload:MaxQueuedRequests", SettingKind.WholeNumber(0, 1_000_000), "100",
                "The most further requests that wait for a place. Others get a 503 at once."),
            new("LLM_QUEUE_TIMEOUT", "Prism:Overload:QueueTimeout", SettingKind.Seconds(MaxTimeout), "2", "The longest wait for a place."),
            new("LLM_STREAM_WRITE_TIMEOUT", "Prism:Overload:StreamWriteTimeout", SettingKind.Seconds(MaxTimeout), "30",
                "How long the client of a stream may read nothing before Prism disconnects it."),
            new("LLM_MAX_CONNECTIONS", "Prism:MaxConnections", SettingKind.WholeNumber(1, 1_000_000), "10000",
                "The most connections of a port. More are closed at once."),
            new("LLM_HEADERS_TIMEOUT", "Prism:HeadersTimeout", SettingKind.Seconds(MaxTimeout), "10", "The longest time for the headers of a request, and for the first byte of a new connection."),
            new("LLM_BODY_TIMEOUT", "Prism:Overload:BodyTimeout", SettingKind.Seconds(MaxTimeout), "120",
                "The longest time to receive the body of a request, and for the client to read a whole response."),
            new("LLM_MEMORY_BUDGET_BYTES", "Prism:Overload:MemoryBudget", SettingKind.WholeNumber(1 << 20, 1L << 40), null,
                "The most memory that requests and answers in progress may hold. Further requests get a 503. Default: a third of the process's memory, or of the container's limit."),
            new("LLM_MIN_DATA_RATE", "Prism:MinDataRate", SettingKind.WholeNumber(1, 1 << 30), "240",
                "The lowest rate at which a body is sent or read, in bytes per second."),
        ]),
        new("Response cache",
        [
            new("LLM_CACHE_ENABLED", "Prism:Cache:Enabled", SettingKind.Switch, "false", "Whether answers are cached. The same on all silos."),
            new("LLM_CACHE_SCOPE", "Prism:Cache:Scope", SettingKind.Choice(("key", "Key"), ("global", "Global")), "key",
                "The callers that share answers: those with the same API key, or all. The same on all silos."),
            new("LLM_CACHE_TTL", "Prism:Cache:Ttl", SettingKind.Seconds(MaxTtl), "3600", "How long a stored answer is served."),
            new("LLM_CACHE_MAX_TTL", "Prism:Cache:MaxTtl", SettingKind.Seconds(MaxTtl), "86400",
                "The longest `x-prism-cache-ttl`; longer ones are reduced to it."),
            new("LLM_CACHE_MAX_ENTRIES", "Prism:Cache:MaxEntries", SettingKind.WholeNumber(1, 100_000_000), "10000",
                "The most answers that a silo stores. Beyond it, Prism deletes the oldest answers of the key with the most."),
            new("LLM_CACHE_TOTAL_BYTES", "Prism:Cache:TotalBytes", SettingKind.WholeNumber(1 << 16, 1L << 40), null,
                "The most bytes of all answers that a silo stores, as JSON plus 1 KiB each. Default: a sixteenth of the process's memory."),
            new("LLM_CACHE_OWNER_ENTRIES", "Prism:Cache:OwnerEntries", SettingKind.WholeNumber(1, 100_000_000), null,
                "The most answers of one key that a silo stores. Default: as many as of all."),
            new("LLM_CACHE_OWNER_BYTES", "Prism:Cache:OwnerBytes", SettingKind.WholeNumber(1 << 10, 1L << 40), null,
                "The most bytes of one key's answers. Default: as many as of all."),
            new("LLM_CACHE_SHARED_BYTES", "Prism:Cache:MaxSharedBytes", SettingKind.WholeNumber(1 << 16, 1 << 30), "16777216",
                "The most memory of an answer that is kept while it is generated. A larger one is passed on, but not shared or stored."),
            new("LLM_CACHE_MAX_BYTES", "Prism:Cache:MaxBytes", SettingKind.WholeNumber(1, 1 << 30), "1048576",
                "The longest answer that is stored, as JSON."),
            new("LLM_CACHE_SINGLE_FLIGHT", "Prism:Cache:SingleFlight", SettingKind.Switch, "true",
                "Whether identical calls that arrive during a call share its answer."),
            new("LLM_CACHE_JOIN_TIMEOUT", "Prism:Cache:JoinTimeout", SettingKind.Seconds(MaxTimeout), "60",
                "The longest wait for the first piece of a shared answer. Then a request makes its own call."),
        ]),
        new("Templates",
        [
            new("LLM_TEMPLATE_RENDERS", "Prism:Templates:RendersAtOnce", SettingKind.WholeNumber(1, 1_000), "4",
                "The most templates that this silo renders at the same time, each on a thread of its own."),
            new("LLM_TEMPLATE_RENDERS_PER_OWNER", "Prism:Templates:RendersAtOncePerOwner", SettingKind.WholeNumber(1, 1_000), "2",
                "The most of them for one API key."),
        ]),
        new("Chains",
        [
            new("LLM_RUN_RETENTION", "Prism:Chains:RunRetention", SettingKind.Seconds(MaxTtl), "604800",
                "How long a run is kept, from its start."),
        ]),
        new("Quotas",
        [
            new("LLM_QUOTA_ACTIVE_RUNS", "Prism:Quotas:ActiveRuns", SettingKind.WholeNumber(1, MaxEntries), "100",
                "The most active runs of one owner (an API key; all callers if there are no keys)."),
            new("LLM_QUOTA_RUNS", "Prism:Quotas:Runs", SettingKind.WholeNumber(1, MaxEntries), "20000",
                "The most stored runs of one owner."),
            new("LLM_QUOTA_RUN_BYTES", "Prism:Quotas:RunBytes", SettingKind.WholeNumber(1, MaxLimit), "268435456",
                "The most bytes of one owner's runs, as JSON."),
            new("LLM_QUOTA_CHAINS", "Prism:Quotas:Chains", SettingKind.WholeNumber(1, MaxEntries), "500", "The most stored chains of one owner."),
            new("LLM_QUOTA_CHAIN_BYTES", "Prism:Quotas:ChainBytes", SettingKind.WholeNumber(1, MaxLimit), "67108864",
                "The most bytes of one owner's stored chains, as JSON."),
            new("LLM_QUOTA_TEMPLATES", "Prism:Quotas:Templates", SettingKind.WholeNumber(1, MaxEntries), "500", "The most stored templates of one owner."),
            new("LLM_QUOTA_TEMPLATE_BYTES", "Prism:Quotas:TemplateBytes", SettingKind.WholeNumber(1, MaxLimit), "16777216",
                "The most bytes of one owner's stored templates, as JSON."),
        ]),
        new("Costs",
        [
            new("LLM_PRICES_FILE", PricesFilePath, SettingKind.Text, null,
                "A JSON file of prices, for models without a built-in price or with another one."),
            new("LLM_USAGE_REPORT_INTERVAL", "Prism:Usage:ReportInterval", SettingKind.Seconds(MaxPeriod), "5",
                "How often a silo writes its usage and costs. A silo that is killed loses no more than that."),
        ]),
        new("Cluster",
        [
            new("LLM_REDIS_URL", RedisUrlPath, SettingKind.RedisUrl, null,
                "The Redis in which silos find each other and keep their state. Without it, one silo runs in memory."),
            new("LLM_STORAGE_TIMEOUT", "Prism:Storage:Timeout", SettingKind.Seconds(MaxTimeout), "2.5",
                "How long a request waits for Redis before it is rejected with 503."),
            new("LLM_CLUSTER_ID", "Prism:Cluster:ClusterId", SettingKind.Text, "prism", "Silos with the same id are one cluster."),
            new("LLM_SERVICE_ID", "Prism:Cluster:ServiceId", SettingKind.Text, "prism", "The owner of stored state; it outlives clusters."),
            new("LLM_SILO_PORT", "Prism:Cluster:SiloPort", SettingKind.WholeNumber(1, MaxPort), "11111", "The port for other silos."),
            new("LLM_SILO_GATEWAY_PORT", "Prism:Cluster:GatewayPort", SettingKind.WholeNumber(0, MaxPort), "30000",
                "The port for Orleans clients; `0` for none."),
            new("LLM_ADVERTISED_IP", "Prism:Cluster:AdvertisedIp", SettingKind.IpAddress, null,
                "The address at which other silos reach this one. Default: detected."),
            new("LLM_CLUSTER_PROBE_TIMEOUT", "Prism:Cluster:ProbeTimeout", SettingKind.Seconds(MaxPeriod), "1",
                "How often silos probe each other, and the longest wait for an answer."),
            new("LLM_CLUSTER_MAX_PROBE_TIMEOUT", "Prism:Cluster:MaxProbeTimeout", SettingKind.Seconds(MaxPeriod), "2.5",
                "The longest wait for an answer on a slow network. Multiplied by the missed probes, it is the time without any message after which a silo is suspected."),
            new("LLM_CLUSTER_MISSED_PROBES", "Prism:Cluster:MissedProbes", SettingKind.WholeNumber(1, 100), "2",
                "The missed probes after which a silo is suspected to be dead."),
            new("LLM_CLUSTER_TABLE_REFRESH", "Prism:Cluster:TableRefresh", SettingKind.Seconds(MaxPeriod), "5",
                "How often a silo reads the membership table."),
            new("LLM_CLUSTER_ALIVE_INTERVAL", "Prism:Cluster:AliveInterval", SettingKind.Seconds(MaxPeriod), "5",
                "How often a silo writes to the membership table that it is alive."),
            new("LLM_CLUSTER_JOIN_TIMEOUT", "Prism:Cluster:JoinTimeout", SettingKind.Seconds(MaxPeriod), "300",
                "How long a starting silo tries to join while another silo does not respond, before it exits."),
            new("LLM_CLUSTER_RESPONSE_TIMEOUT", "Prism:Cluster:ResponseTimeout", SettingKind.Seconds(MaxPeriod), "15",
                "The longest wait for a grain's response. No grain call waits for an LLM."),
            new("LLM_CLUSTER_CANCEL_ON_TIMEOUT", "Prism:Cluster:CancelOnTimeout", SettingKind.Switch, "true",
                "Whether a call is cancelled when its caller stops waiting."),
            new("LLM_CLUSTER_MAX_QUEUED_CALLS", "Prism:Cluster:MaxQueuedCalls", SettingKind.WholeNumber(1, int.MaxValue), "10000",
                "The most calls that wait for one grain. More are rejected."),
        ]),
    ];

    /// <summary>The name of a setting in messages.</summary>
    public static string LabelOf(string path) => Groups.SelectMany(group => group.Settings).Single(setting => setting.Path == path).Label;
}
