using System.Globalization;
using Prism.Bench.Generator;

namespace Prism.Bench.Processes;

/// <summary>How a Prism is configured.</summary>
internal sealed record PrismSetup
{
    /// <summary>Providers that are the upstream, each with a path of its own there.</summary>
    private static readonly (string Name, string Path)[] Providers = [("json", Paths.Json), ("fast", Paths.Stream), ("paced", Paths.Paced)];

    /// <summary>Everything that a deployment would have on, and the metrics page.</summary>
    public static readonly PrismSetup Everything = new() { Keys = true, Limits = true, Budgets = true, Metrics = true, Log = true };

    /// <summary>Nothing that can be off.</summary>
    public static readonly PrismSetup Nothing = new();

    /// <summary>What is the default: metrics and a line in the log.</summary>
    public static readonly PrismSetup Default = new() { Metrics = true, Log = true };

    public bool Keys { get; init; }

    /// <summary>Requests and tokens per minute, and requests at once: all far away.</summary>
    public bool Limits { get; init; }

    /// <summary>Tokens per day and month, far away too.</summary>
    public bool Budgets { get; init; }

    public bool Metrics { get; init; }

    /// <summary>A line a request.</summary>
    public bool Log { get; init; }

    public bool Cache { get; init; }

    public bool Dashboard { get; init; }

    /// <summary>How many silos there are.</summary>
    public int Silos { get; init; } = 1;

    /// <summary>Whether they keep what they have on a Redis; more than one have to.</summary>
    public bool OnRedis { get; init; }

    /// <summary>The variables that say so, but for those of each silo.</summary>
    public Dictionary<string, string> ToEnvironment(int upstream)
    {
        var environment = new Dictionary<string, string>
        {
            ["LLM_HOST"] = "127.0.0.1",
            ["LLM_ADVERTISED_IP"] = "127.0.0.1",
            ["LLM_DASHBOARD_ENABLED"] = Dashboard ? "true" : "false",
            ["LLM_METRICS_ENABLED"] = Metrics ? "true" : "false",
            ["LLM_CACHE_ENABLED"] = Cache ? "true" : "false",
            ["LLM_LOG_LEVEL"] = Log ? "info" : "error",
            // More than any case has.
            ["LLM_MAX_CONCURRENT_REQUESTS"] = "4000",
            ["LLM_PROVIDERS"] = string.Join(',', Providers.Select(provider => provider.Name)),
        };
        foreach (var (name, path) in Providers)
        {
            AddProvider(environment, name.ToUpperInvariant(), $"http://127.0.0.1:{upstream.ToString(CultureInfo.InvariantCulture)}{path}");
        }

        foreach (var name in Providers.Select(provider => provider.Name.ToUpperInvariant()).Append("ECHO"))
        {
            AddLimits(environment, name);
        }

        if (Keys)
        {
            environment["LLM_API_KEYS"] = BenchKey.Value;
        }

        return environment;
    }

    private static void AddProvider(Dictionary<string, string> environment, string name, string url)
    {
        environment[$"LLM_{name}_TYPE"] = "openai";
        environment[$"LLM_{name}_BASE_URL"] = url;
        environment[$"LLM_{name}_API_KEY"] = "sk-upstream-0123456789";
        // A model whose price is known, so that costs are counted.
        environment[$"LLM_{name}_DEFAULT_MODEL"] = "gpt-4o-mini";
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
