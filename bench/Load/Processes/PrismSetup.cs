using System.Globalization;
using Prism.Bench.Generator;

namespace Prism.Bench.Processes;

/// <summary>The configuration of a Prism.</summary>
internal sealed record PrismSetup
{
    private static readonly (Vendor Vendor, string Path)[] OpenAiProviders =
        [(Vendor.OpenAi, Paths.Json), (Vendor.OpenAi, Paths.Stream), (Vendor.OpenAi, Paths.Paced)];

    private static readonly (Vendor Vendor, string Path)[] OtherProviders =
    [
        (Vendor.Anthropic, Paths.Json), (Vendor.Anthropic, Paths.Stream),
        (Vendor.Ollama, Paths.Json), (Vendor.Ollama, Paths.Stream),
    ];

    /// <summary>What a production deployment has on, with the metrics page.</summary>
    public static readonly PrismSetup Everything = new() { Keys = true, Limits = true, Budgets = true, Metrics = true, Log = true };

    /// <summary>Every optional part is off.</summary>
    public static readonly PrismSetup Nothing = new();

    /// <summary>Prism's defaults: metrics and a log line per request.</summary>
    public static readonly PrismSetup Default = new() { Metrics = true, Log = true };

    public bool Keys { get; init; }

    /// <summary>Requests per minute, tokens per minute and concurrency, too high to reject a request.</summary>
    public bool Limits { get; init; }

    /// <summary>Tokens per day and per month, too high to reject a request.</summary>
    public bool Budgets { get; init; }

    public bool Metrics { get; init; }

    /// <summary>A log line per request.</summary>
    public bool Log { get; init; }

    public bool Cache { get; init; }

    public bool Dashboard { get; init; }

    /// <summary>Providers of types other than OpenAI's, besides those of OpenAI's type.</summary>
    public bool OtherVendors { get; init; }

    /// <summary>The number of silos.</summary>
    public int Silos { get; init; } = 1;

    /// <summary>Whether state is kept in Redis. Several silos need it.</summary>
    public bool OnRedis { get; init; }

    /// <summary>The environment variables of this configuration, without those that differ between silos.</summary>
    public Dictionary<string, string> ToEnvironment(int upstream)
    {
        var providers = (OtherVendors ? [.. OpenAiProviders, .. OtherProviders] : OpenAiProviders)
            .Select(provider => (provider.Vendor, Name: provider.Vendor.PathOf(provider.Path)))
            .ToList();
        var environment = new Dictionary<string, string>
        {
            ["LLM_HOST"] = "127.0.0.1",
            ["LLM_ADVERTISED_IP"] = "127.0.0.1",
            ["LLM_DASHBOARD_ENABLED"] = Dashboard ? "true" : "false",
            ["LLM_METRICS_ENABLED"] = Metrics ? "true" : "false",
            ["LLM_CACHE_ENABLED"] = Cache ? "true" : "false",
            ["LLM_LOG_LEVEL"] = Log ? "info" : "error",
            // More than any case sends at a time. A busy silo may still count the streams of the turn before, whose connections are closed.
            ["LLM_MAX_CONCURRENT_REQUESTS"] = "100000",
            ["LLM_PROVIDERS"] = string.Join(',', providers.Select(provider => provider.Name)),
        };
        foreach (var (vendor, name) in providers)
        {
            AddProvider(environment, vendor, VariableOf(name), $"http://127.0.0.1:{upstream.ToString(CultureInfo.InvariantCulture)}/{name}");
        }

        foreach (var name in providers.Select(provider => provider.Name).Append("echo"))
        {
            AddLimits(environment, VariableOf(name));
        }

        if (Keys)
        {
            environment["LLM_API_KEYS"] = BenchKey.Value;
        }

        return environment;
    }

    private static string VariableOf(string provider) => provider.Replace('-', '_').ToUpperInvariant();

    private static void AddProvider(Dictionary<string, string> environment, Vendor vendor, string name, string url)
    {
        environment[$"LLM_{name}_TYPE"] = vendor.Type;
        environment[$"LLM_{name}_BASE_URL"] = url;
        environment[$"LLM_{name}_API_KEY"] = "sk-upstream-0123456789";
        environment[$"LLM_{name}_DEFAULT_MODEL"] = vendor.Model;
    }

    private void AddLimits(Dictionary<string, string> environment, string name)
    {
        if (Limits)
        {
            environment[$"LLM_{name}_REQUESTS_PER_MINUTE"] = "1000000000";
            environment[$"LLM_{name}_TOKENS_PER_MINUTE"] = "1000000000000";
            environment[$"LLM_{name}_MAX_CONCURRENCY"] = "100000";
        }

        if (Budgets)
        {
            environment[$"LLM_{name}_TOKENS_PER_DAY"] = "1000000000000";
            environment[$"LLM_{name}_TOKENS_PER_MONTH"] = "1000000000000";
        }
    }
}
