using Prism.Providers;

namespace Prism.Tests.Configuration;

public sealed class AddedProvidersTests
{
    [Fact]
    public void A_provider_is_added_by_name()
    {
        var options = SiloHost.Read<ProvidersOptions>(new()
        {
            ["LLM_PROVIDERS"] = "groq, my-vllm,openai",
            ["LLM_DEFAULT_PROVIDER"] = "groq",
            ["LLM_GROQ_TYPE"] = "openai",
            ["LLM_GROQ_BASE_URL"] = "https://api.groq.com/openai/v1",
            ["LLM_GROQ_API_KEY"] = "gsk-1",
            ["LLM_GROQ_DEFAULT_MODEL"] = "llama",
            ["LLM_MY_VLLM_TYPE"] = "Ollama",
            ["LLM_MY_VLLM_BASE_URL"] = "http://vllm:8000",
            ["LLM_MY_VLLM_DEFAULT_MODEL"] = "qwen",
        });

        Assert.Equal(["anthropic", "echo", "groq", "my-vllm", "ollama", "openai"], options.Providers.Keys.Order());
        var groq = options.Providers["groq"];
        Assert.Equal(
            ("groq", ProviderType.OpenAi, "https://api.groq.com/openai/v1", "gsk-1", "llama", TimeSpan.FromSeconds(60)),
            (groq.Name, groq.Type, groq.BaseUrl, groq.ApiKey, groq.DefaultModel, groq.Timeout));
        Assert.Equal(ProviderType.Ollama, options.Providers["my-vllm"].Type);
    }

    [Theory]
    [InlineData("openai", "https://api.openai.com/v1")]
    [InlineData("anthropic", "https://api.anthropic.com")]
    public void A_key_without_an_address_is_for_the_vendors_own_service(string type, string address)
    {
        var options = SiloHost.Read<ProvidersOptions>(new()
        {
            ["LLM_PROVIDERS"] = "second",
            ["LLM_SECOND_TYPE"] = type,
            ["LLM_SECOND_API_KEY"] = "sk-2",
            ["LLM_SECOND_DEFAULT_MODEL"] = "m",
        });
        Assert.Equal(address, options.Providers["second"].BaseUrl);
    }

    [Fact]
    public void A_provider_of_the_file_gets_its_key_from_the_environment()
    {
        var options = SiloHost.Read<ProvidersOptions>(
            new() { ["LLM_GROQ_API_KEY"] = "gsk-1" },
            new()
            {
                ["Prism:Providers:groq:Type"] = "openai",
                ["Prism:Providers:groq:BaseUrl"] = "https://api.groq.com/openai/v1",
                ["Prism:Providers:groq:DefaultModel"] = "llama",
            });
        Assert.Equal("gsk-1", options.Providers["groq"].ApiKey);
    }

    [Theory]
    [InlineData("Groq", "has a provider 'Groq': a name is lower case letters")]
    [InlineData("-groq", "has a provider '-groq'")]
    [InlineData("gr oq", "has a provider 'gr oq'")]
    [InlineData("a,groq,a", "lists 'a' more than once")]
    [InlineData("redis", "has a provider 'redis': its variables would look like other settings'")]
    [InlineData("cache", "has a provider 'cache'")]
    [InlineData("metrics", "has a provider 'metrics'")]
    [InlineData("dashboard", "has a provider 'dashboard'")]
    [InlineData("api", "has a provider 'api'")]
    [InlineData("max", "has a provider 'max'")]
    [InlineData("default", "has a provider 'default'")]
    [InlineData("log", "has a provider 'log'")]
    [InlineData("cluster", "has a provider 'cluster'")]
    [InlineData("silo", "has a provider 'silo'")]
    [InlineData("admin-2", "has a provider 'admin-2'")]
    [InlineData("my-llm,my_llm", "LLM_MY_LLM_TYPE would be both Prism:Providers:my-llm:Type and Prism:Providers:my_llm:Type")]
    [InlineData("x,x_connect", "LLM_X_CONNECT_TIMEOUT would be both")]
    public async Task A_name_that_cannot_be_one_stops_the_start(string names, string message)
    {
        var line = await SiloHost.FailAsync(new() { ["LLM_PROVIDERS"] = names });
        Assert.Contains("LLM_PROVIDERS", line, StringComparison.Ordinal);
        Assert.Contains(message, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "", "LLM_GROQ_TYPE (Prism:Providers:groq:Type) has to be set: openai, anthropic or ollama.")]
    [InlineData("gemini", "http://x", "m", "LLM_GROQ_TYPE (Prism:Providers:groq:Type) has to be one of openai, anthropic, ollama")]
    [InlineData("echo", "http://x", "m", "LLM_GROQ_TYPE (Prism:Providers:groq:Type) has to be one of")]
    [InlineData("openai", "", "m", "LLM_GROQ_BASE_URL (Prism:Providers:groq:BaseUrl) has to be set, or LLM_GROQ_API_KEY")]
    [InlineData("ollama", "", "m", "LLM_GROQ_BASE_URL (Prism:Providers:groq:BaseUrl) has to be set.")]
    [InlineData("openai", "http://x", "", "LLM_GROQ_DEFAULT_MODEL (Prism:Providers:groq:DefaultModel) has to be set.")]
    public async Task A_provider_that_lacks_something_stops_the_start(string type, string baseUrl, string model, string message)
    {
        var line = await SiloHost.FailAsync(new()
        {
            ["LLM_PROVIDERS"] = "groq",
            ["LLM_GROQ_TYPE"] = type,
            ["LLM_GROQ_BASE_URL"] = baseUrl,
            ["LLM_GROQ_DEFAULT_MODEL"] = model,
        });
        Assert.Contains(message, line, StringComparison.Ordinal);
    }
}
