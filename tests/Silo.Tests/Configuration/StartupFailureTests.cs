using Microsoft.Extensions.Hosting;
using Prism.Silo.Configuration;

namespace Prism.Tests.Configuration;

public sealed class StartupFailureTests
{
    [Theory]
    [InlineData("LLM_PORT", "abc", "LLM_PORT (Prism:Port) has to be a whole number from 0 to 65535, not 'abc'.")]
    [InlineData("LLM_PORT", "-1", "LLM_PORT (Prism:Port) has to be a whole number")]
    [InlineData("LLM_PORT", "70000", "LLM_PORT (Prism:Port) has to be a whole number")]
    [InlineData("LLM_PORT", "80\n81", "not '80 81'.")]
    [InlineData("LLM_METRICS_PORT", "65536", "LLM_METRICS_PORT (Prism:Metrics:Port)")]
    [InlineData("LLM_SILO_PORT", "0", "LLM_SILO_PORT (Prism:Cluster:SiloPort)")]
    [InlineData("LLM_MAX_BODY_BYTES", "-5", "LLM_MAX_BODY_BYTES (Prism:MaxBodyBytes)")]
    [InlineData("LLM_HOST", "example.com", "LLM_HOST (Prism:Host) has to be an IP address, localhost or *")]
    [InlineData("LLM_HOST", "8000", "LLM_HOST (Prism:Host)")]
    [InlineData("LLM_ADVERTISED_IP", "0.0.0.0", "LLM_ADVERTISED_IP (Prism:Cluster:AdvertisedIp)")]
    [InlineData("LLM_LOG_LEVEL", "loud", "LLM_LOG_LEVEL (Prism:LogLevel) has to be one of trace, debug, info, warning, error, critical")]
    [InlineData("LLM_METRICS_ENABLED", "maybe", "LLM_METRICS_ENABLED (Prism:Metrics:Enabled) has to be true or false, not 'maybe'.")]
    [InlineData("LLM_METRICS_AUTH", "true", "LLM_METRICS_AUTH (Prism:Metrics:Auth) is true, and LLM_ADMIN_API_KEY (Prism:Auth:AdminApiKey) is not set.")]
    [InlineData("LLM_ADMIN_API_KEY", "a\nb", "LLM_ADMIN_API_KEY (Prism:Auth:AdminApiKey) has a character in it that cannot go into an HTTP header")]
    [InlineData("LLM_API_KEYS", "sk-one,sk-é", "LLM_API_KEYS (Prism:Auth:ApiKeys) has a character in it that cannot go into an HTTP header")]
    [InlineData("LLM_API_KEYS", "sk-one, sk-one", "LLM_API_KEYS (Prism:Auth:ApiKeys) lists a key more than once.")]
    [InlineData("LLM_DASHBOARD_ENABLED", "2", "LLM_DASHBOARD_ENABLED (Prism:Dashboard:Enabled)")]
    [InlineData("LLM_REDIS_URL", "localhost:6379", "LLM_REDIS_URL (Prism:Redis:Url) has to be redis://[user:password@]host:port[/db]")]
    [InlineData("LLM_DRAIN_DELAY", "15",
        "LLM_DRAIN_DELAY (Prism:DrainDelay) is 00:00:15 and LLM_DRAIN_TIMEOUT (Prism:DrainTimeout) is 00:00:25: together they have to be below LLM_SHUTDOWN_TIMEOUT (Prism:ShutdownTimeout), which is 00:00:40.")]
    [InlineData("LLM_MAX_CONCURRENT_REQUESTS", "0", "LLM_MAX_CONCURRENT_REQUESTS (Prism:Overload:MaxConcurrentRequests)")]
    [InlineData("LLM_STREAM_WRITE_TIMEOUT", "0", "LLM_STREAM_WRITE_TIMEOUT (Prism:Overload:StreamWriteTimeout) has to be a number of seconds, above 0")]
    [InlineData("LLM_CLUSTER_MISSED_PROBES", "0", "LLM_CLUSTER_MISSED_PROBES (Prism:Cluster:MissedProbes)")]
    [InlineData("LLM_OPENAI_TIMEOUT", "0", "LLM_OPENAI_TIMEOUT (Prism:Providers:openai:Timeout) has to be a number of seconds")]
    [InlineData("LLM_OPENAI_TIMEOUT", "3600.5", "above 0 and up to 3600, not '3600.5'.")]
    [InlineData("LLM_OPENAI_TIMEOUT", "99999999999999999999", "LLM_OPENAI_TIMEOUT")]
    [InlineData("LLM_OLLAMA_CONNECT_TIMEOUT", "1m", "LLM_OLLAMA_CONNECT_TIMEOUT (Prism:Providers:ollama:ConnectTimeout)")]
    [InlineData("LLM_ANTHROPIC_DEFAULT_MAX_TOKENS", "0", "LLM_ANTHROPIC_DEFAULT_MAX_TOKENS (Prism:Providers:anthropic:DefaultMaxTokens)")]
    [InlineData("LLM_OPENAI_REQUESTS_PER_MINUTE", "-1", "LLM_OPENAI_REQUESTS_PER_MINUTE (Prism:Providers:openai:RequestsPerMinute) has to be a whole number from 1")]
    [InlineData("LLM_OPENAI_TOKENS_PER_MINUTE", "0", "LLM_OPENAI_TOKENS_PER_MINUTE (Prism:Providers:openai:TokensPerMinute)")]
    [InlineData("LLM_ANTHROPIC_TOKENS_PER_DAY", "1e6", "LLM_ANTHROPIC_TOKENS_PER_DAY (Prism:Providers:anthropic:TokensPerDay)")]
    [InlineData("LLM_OLLAMA_TOKENS_PER_MONTH", "1.5", "LLM_OLLAMA_TOKENS_PER_MONTH (Prism:Providers:ollama:TokensPerMonth)")]
    [InlineData("LLM_ECHO_MAX_CONCURRENCY", "none", "LLM_ECHO_MAX_CONCURRENCY (Prism:Providers:echo:MaxConcurrency)")]
    [InlineData("LLM_ECHO_QUEUE_TIMEOUT_MS", "-1", "LLM_ECHO_QUEUE_TIMEOUT_MS (Prism:Providers:echo:QueueTimeout) has to be a number of milliseconds")]
    [InlineData("LLM_OPENAI_TOKENS_PER_DAY", "4096", "LLM_OPENAI_TOKENS_PER_DAY (Prism:Providers:openai:TokensPerDay) is 4096, which has to be above the default output cap: LLM_OPENAI_DEFAULT_MAX_TOKENS (Prism:Providers:openai:DefaultMaxTokens) is 4096.")]
    [InlineData("LLM_ECHO_DELAY_MS", "60001", "LLM_ECHO_DELAY_MS (Prism:Providers:echo:Delay) has to be a number of milliseconds")]
    [InlineData("LLM_OPENAI_BASE_URL", "api.openai.com/v1", "LLM_OPENAI_BASE_URL (Prism:Providers:openai:BaseUrl) has to be")]
    [InlineData("LLM_OPENAI_BASE_URL", "ftp://example.com", "has to be an absolute URL")]
    [InlineData("LLM_OPENAI_BASE_URL", "https://example.com/v1#top", "must not have user info, a query or a fragment")]
    [InlineData("LLM_OPENAI_DEFAULT_MODEL", "gpt\n4", "LLM_OPENAI_DEFAULT_MODEL (Prism:Providers:openai:DefaultModel) must not have")]
    [InlineData("LLM_OPENAI_MODELS", "a,b,a", "LLM_OPENAI_MODELS (Prism:Providers:openai:Models) lists 'a' more than once.")]
    [InlineData("LLM_DEFAULT_PROVIDER", "gemini", "LLM_DEFAULT_PROVIDER (Prism:DefaultProvider) names an unknown provider, 'gemini'")]
    [InlineData("LLM_OPENAI_BASE_URL", "https://a.test,b.test", "has to be an absolute URL")]
    [InlineData("LLM_OPENAI_BASE_URL", "https://a.test,https://a.test", "lists an address more than once")]
    [InlineData("LLM_FALLBACK_PROVIDERS", "ollama,nobody", "LLM_FALLBACK_PROVIDERS (Prism:FallbackProviders) names an unknown provider, 'nobody'")]
    [InlineData("LLM_FALLBACK_PROVIDERS", "openai", "LLM_OPENAI_API_KEY (Prism:Providers:openai:ApiKey) has to be set: 'openai' is a fallback")]
    [InlineData("LLM_FALLBACK_PROVIDERS", "ollama,echo,ollama", "lists 'ollama' more than once")]
    [InlineData("LLM_DEFAULT_PROVIDER", "openai", "LLM_OPENAI_API_KEY (Prism:Providers:openai:ApiKey) has to be set: 'openai' is")]
    public async Task A_variable_that_cannot_be_right_stops_the_start(string name, string value, string message) =>
        Assert.Contains(message, await SiloHost.FailAsync(SiloHost.Ports((name, value))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Prism:Cluster:SiloPort", "abc", "LLM_SILO_PORT (Prism:Cluster:SiloPort) has to be a whole number")]
    [InlineData("Prism:MaxBodyBytes", "-1", "LLM_MAX_BODY_BYTES (Prism:MaxBodyBytes)")]
    [InlineData("Prism:Cluster:ClusterId", "", "LLM_CLUSTER_ID (Prism:Cluster:ClusterId) must not be empty.")]
    [InlineData("Prism:MaxBodyBytes", "", "LLM_MAX_BODY_BYTES (Prism:MaxBodyBytes)")]
    [InlineData("Prism:LogLevel", "loud", "LLM_LOG_LEVEL (Prism:LogLevel)")]
    [InlineData("Prism:Metrics:Enabled", "maybe", "LLM_METRICS_ENABLED (Prism:Metrics:Enabled)")]
    [InlineData("Prism:Dashboard:Enabled", "maybe", "LLM_DASHBOARD_ENABLED (Prism:Dashboard:Enabled)")]
    [InlineData("Prism:Cluster:AdvertisedIp", "here", "LLM_ADVERTISED_IP (Prism:Cluster:AdvertisedIp)")]
    [InlineData("Prism:Providers:openai:Timeout", "60", "LLM_OPENAI_TIMEOUT (Prism:Providers:openai:Timeout) has to be a time as hh:mm:ss")]
    [InlineData("Prism:Providers:openai:Timeout", "-00:00:01", "LLM_OPENAI_TIMEOUT (Prism:Providers:openai:Timeout)")]
    [InlineData("Prism:Providers:echo:Delay", "-00:00:01", "LLM_ECHO_DELAY_MS (Prism:Providers:echo:Delay)")]
    [InlineData("Prism:Providers:openai:Type", "anthropic", "LLM_OPENAI_TYPE (Prism:Providers:openai:Type) cannot be changed")]
    [InlineData("Prism:Providers:Groq:Type", "openai", "LLM_PROVIDERS (Prism:Providers) has a provider 'Groq'")]
    [InlineData("Prism:Providers:groq:Type", "gemini", "LLM_GROQ_TYPE (Prism:Providers:groq:Type) has to be one of openai, anthropic")]
    public async Task A_configured_value_that_cannot_be_right_stops_the_start(string path, string value, string message) =>
        Assert.Contains(message, await SiloHost.FailAsync(SiloHost.Ports(), new() { [path] = value }), StringComparison.Ordinal);

    [Fact]
    public async Task Which_key_is_for_which_address_is_not_guessed() => Assert.Contains(
        "LLM_OPENAI_API_KEY (Prism:Providers:openai:ApiKey) has 2 keys and LLM_OPENAI_BASE_URL (Prism:Providers:openai:BaseUrl) 3 addresses",
        await SiloHost.FailAsync(SiloHost.Ports(
            ("LLM_OPENAI_API_KEY", "sk-1,sk-2"), ("LLM_OPENAI_BASE_URL", "https://a.test,https://b.test,https://c.test"))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("LLM_PORT")]
    [InlineData("LLM_METRICS_PORT")]
    public async Task A_port_that_Kubernetes_set_for_a_Service_is_explained(string name)
    {
        var line = await SiloHost.FailAsync(SiloHost.Ports((name, "tcp://10.0.0.1:8000")));
        Assert.Contains(name, line, StringComparison.Ordinal);
        Assert.Contains("'tcp://10.0.0.1:8000'", line, StringComparison.Ordinal);
        Assert.Contains("enableServiceLinks: false", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LLM_OPENAI_API_KEY", "sk-hidden\nsecond line")]
    [InlineData("LLM_OPENAI_API_KEY", "sk-hidden-ключ")]
    [InlineData("LLM_OPENAI_BASE_URL", "https://me:sk-hidden@example.com/v1")]
    [InlineData("LLM_OPENAI_BASE_URL", "https://example.com/v1?key=sk-hidden")]
    [InlineData("LLM_OPENAI_BASE_URL", "example.com/sk-hidden")]
    [InlineData("LLM_REDIS_URL", "redis://me:sk-hidden#x@example.com:6379")]
    [InlineData("LLM_REDIS_URL", "http://me:sk-hidden@example.com:6379")]
    [InlineData("LLM_REDIS_URL", "redis://me:sk-hidden@example.com:6379/sk-hidden")]
    public async Task A_secret_is_not_in_the_line(string name, string value)
    {
        var line = await SiloHost.FailAsync(SiloHost.Ports((name, value)));
        Assert.Contains(name, line, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_of_the_file_is_not_in_the_line()
    {
        var line = await SiloHost.FailAsync(SiloHost.Ports(), new() { ["Prism:Providers:openai:ApiKey"] = "sk-hidden\nsecond line" });
        Assert.Contains("LLM_OPENAI_API_KEY (Prism:Providers:openai:ApiKey)", line, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_problem_is_a_line_and_there_once()
    {
        Dictionary<string, string?> file = new() { ["Prism:Providers:openai:Timeout"] = "0", ["Prism:Cluster:SiloPort"] = "x" };
        var lines = (await SiloHost.FailAsync(SiloHost.Ports(), file)).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Single(lines, line => line.Contains("LLM_OPENAI_TIMEOUT", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("LLM_SILO_PORT", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("LLM_PORT", "11111", "LLM_SILO_PORT (Prism:Cluster:SiloPort) and LLM_PORT (Prism:Port) are both 11111.")]
    [InlineData("LLM_METRICS_PORT", "30000",
        "LLM_SILO_GATEWAY_PORT (Prism:Cluster:GatewayPort) and LLM_METRICS_PORT (Prism:Metrics:Port) are both 30000.")]
    [InlineData("LLM_SILO_GATEWAY_PORT", "11111",
        "LLM_SILO_GATEWAY_PORT (Prism:Cluster:GatewayPort) and LLM_SILO_PORT (Prism:Cluster:SiloPort) are both 11111.")]
    public async Task One_port_for_two_listeners_stops_the_start(string name, string value, string message) =>
        Assert.Contains(message, await SiloHost.FailAsync(SiloHost.Ports((name, value))), StringComparison.Ordinal);

    [Fact]
    public async Task A_port_that_is_taken_is_one_line()
    {
        await using var first = SiloHost.Build(SiloHost.Ports());
        await first.StartAsync();
        var port = first.Addresses()[0].Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        using var error = new StringWriter();
        Assert.Equal(1, await StartupFailure.RunAsync(() => SiloHost.Build(SiloHost.Ports(("LLM_PORT", port))), error));
        Assert.Contains($"127.0.0.1:{port}", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("LLM_PORT", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_one_line()
    {
        using var error = new StringWriter();
        // Set aside for documentation by RFC 5737: no machine has it.
        Assert.Equal(1, await StartupFailure.RunAsync(() => SiloHost.Build(SiloHost.Ports(("LLM_HOST", "192.0.2.1"))), error));
        Assert.Contains("LLM_HOST", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_starts_and_stops_ends_with_0()
    {
        using var error = new StringWriter();
        var exitCode = await StartupFailure.RunAsync(
            () =>
            {
                var app = SiloHost.Build(SiloHost.Ports());
                app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
                return app;
            },
            error);
        Assert.Equal(0, exitCode);
        Assert.Equal("", error.ToString());
    }

    [Fact]
    public async Task A_bug_is_one_line_too_with_its_place()
    {
        using var error = new StringWriter();
        Func<IHost> build = () => throw new InvalidOperationException("bug\nof two lines");

        Assert.Equal(1, await StartupFailure.RunAsync(build, error));

        var line = Assert.Single(error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("prism: cannot go on: InvalidOperationException: bug of two lines (at Prism.Tests.", line, StringComparison.Ordinal);
    }
}
