using System.Text.Json;
using Prism.Tests.Logging;

namespace Prism.Tests.Configuration;

public sealed class UnknownVariablesTests
{
    [Theory]
    [InlineData("LLM_PROT", "LLM_PROT is not a setting of Prism; did you mean LLM_PORT?")]
    [InlineData("LLM_DEFUALT_PROVIDER", "LLM_DEFUALT_PROVIDER is not a setting of Prism; did you mean LLM_DEFAULT_PROVIDER?")]
    [InlineData("LLM_OPENAI_APIKEY", "LLM_OPENAI_APIKEY is not a setting of Prism; did you mean LLM_OPENAI_API_KEY?")]
    [InlineData("llm_host", "llm_host is not a setting of Prism; did you mean LLM_HOST?")]
    [InlineData("LLM_TOGETHER_API_KEY", "LLM_TOGETHER_API_KEY is not a setting of Prism; if it is for a provider 'together', add")]
    [InlineData("LLM_TOGETHER_DEFAULT_MODEL", "LLM_TOGETHER_DEFAULT_MODEL is not a setting of Prism; if it is for a provider 'together'")]
    [InlineData("LLM_SOMETHING_ELSE", "LLM_SOMETHING_ELSE is not a setting of Prism")]
    public async Task A_variable_that_is_no_setting_is_warned_of(string name, string message)
    {
        var warning = Assert.Single(await WarningsAsync((name, "hidden-value")));
        Assert.StartsWith("Environment variable " + message, warning, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_comes_to_mind_for_a_variable_that_is_like_none() =>
        Assert.Equal(
            ["Environment variable LLM_SOMETHING_ELSE is not a setting of Prism"], await WarningsAsync(("LLM_SOMETHING_ELSE", "x")));

    [Fact]
    public async Task What_Kubernetes_sets_for_Services_is_not_warned_of() =>
        Assert.Empty(await WarningsAsync(
            ("LLM_SERVICE_HOST", "10.0.0.1"),
            ("LLM_SERVICE_PORT", "8000"),
            ("LLM_SERVICE_PORT_HTTP", "8000"),
            ("LLM_PORT_8000_TCP", "tcp://10.0.0.1:8000"),
            ("LLM_PORT_8000_TCP_PROTO", "tcp"),
            ("LLM_PORT_8000_TCP_PORT", "8000"),
            ("LLM_PORT_8000_TCP_ADDR", "10.0.0.1"),
            ("LLM_GATEWAY_SERVICE_HOST", "10.0.0.2"),
            ("LLM_GATEWAY_PORT", "tcp://10.0.0.2:80")));

    [Theory]
    [InlineData("OPENAI_API_KEY", "it reads LLM_OPENAI_API_KEY.")]
    [InlineData("ANTHROPIC_API_KEY", "it reads LLM_ANTHROPIC_API_KEY.")]
    [InlineData("OPENAI_BASE_URL", "it reads LLM_OPENAI_BASE_URL.")]
    [InlineData("OPENAI_API_BASE", "it reads LLM_OPENAI_BASE_URL.")]
    [InlineData("ANTHROPIC_AUTH_TOKEN", "it reads LLM_ANTHROPIC_API_KEY.")]
    [InlineData("OLLAMA_HOST", "it reads LLM_OLLAMA_BASE_URL.")]
    [InlineData("REDIS_URL", "it reads LLM_REDIS_URL.")]
    [InlineData("REDIS_HOST", "it reads LLM_REDIS_URL.")]
    [InlineData("LOG_LEVEL", "it reads LLM_LOG_LEVEL.")]
    [InlineData("ADMIN_API_KEY", "it reads LLM_ADMIN_API_KEY.")]
    [InlineData("METRICS_PORT", null)]
    [InlineData("GROQ_API_KEY", "it reads LLM_GROQ_API_KEY, once 'groq' is in LLM_PROVIDERS.")]
    [InlineData("ASPNETCORE_URLS", null)]
    public async Task A_variable_that_others_read_is_named_with_the_one_that_Prism_reads(string name, string? reads)
    {
        var warnings = await WarningsAsync((name, "hidden-value"));

        // Where the host of the tests has set the one that counts, nothing is to be said.
        Assert.Equal(reads is null ? [] : [$"{name} is set, but Prism does not read it: {reads}"], warnings);
    }

    [Fact]
    public async Task A_variable_that_others_read_is_not_named_where_Prisms_own_is_set() =>
        Assert.Empty(await WarningsAsync(("OPENAI_API_KEY", "x"), ("LLM_OPENAI_API_KEY", "y"), ("PORT", "80"), ("OLLAMA_HOST", ""), ("HOST", "machine")));

    [Fact]
    public async Task Settings_and_other_programs_variables_are_not_warned_of() =>
        Assert.Empty(await WarningsAsync(("LLM_LOG_LEVEL", "warning"), ("PATH", "/bin"), ("LLMX", "1")));

    private static async Task<List<string>> WarningsAsync(params (string Name, string Value)[] variables)
    {
        using var log = new LogText();
        await using (var app = SiloHost.Build(SiloHost.Ports(variables), log: log))
        {
            await app.StartAsync();
            await app.StopAsync();
        }

        return [.. log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("@l", out var level) && level.GetString() == "Warning")
            .Select(line => line.GetProperty("@m").GetString()!)];
    }
}
