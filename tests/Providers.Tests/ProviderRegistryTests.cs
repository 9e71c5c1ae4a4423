using Microsoft.Extensions.DependencyInjection;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests;

/// <summary>The providers as the container makes them.</summary>
public sealed class ProviderRegistryTests
{
    [Fact]
    public void The_built_in_providers_are_there_under_their_names()
    {
        using var services = new ServiceCollection().AddPrismProviders().BuildServiceProvider();
        var registry = services.GetRequiredService<ProviderRegistry>();

        Assert.Equal(["openai", "anthropic", "ollama", "echo"], registry.All.Select(provider => provider.Options.Name));
        Assert.Equal("echo", registry.Default.Options.Name);
        Assert.Same(registry.Default, registry.Find("ECHO"));
        Assert.Null(registry.Find("groq"));
    }

    [Fact]
    public async Task An_added_provider_is_called_at_its_address()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync("""{"choices":[{"message":{"content":"Hi"}}]}"""));
        await using var services = new ServiceCollection()
            .AddPrismProviders()
            .Configure<ProvidersOptions>(options =>
            {
                options.DefaultProvider = "groq";
                options.Providers["groq"] = new() { Type = ProviderType.OpenAi, BaseUrl = upstream.Url + "/openai/v1" };
            })
            .BuildServiceProvider();
        var provider = services.GetRequiredService<ProviderRegistry>().Default;

        var result = await provider.CompleteAsync(new ChatRequest { Model = "m", Messages = [ChatMessage.Create("user", "Hello")] }, default);

        Assert.Equal("Hi", result.Response?.Choices[0].Message?.Content);
        Assert.Equal("/openai/v1/chat/completions", Assert.Single(upstream.Received).Path);
        Assert.DoesNotContain("Authorization", upstream.Received[0].Headers.Keys);
    }

    [Fact]
    public async Task A_provider_that_is_configured_anew_keeps_its_connections()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync("""{"choices":[{"message":{"content":"Hi"}}]}"""));
        await using var services = new ServiceCollection().AddPrismProviders().BuildServiceProvider();
        var factory = services.GetRequiredService<ProviderFactory>();

        foreach (var (name, key) in new[] { ("groq", "one"), ("groq", "two"), ("other", "two") })
        {
            var options = new ProvidersOptions { DefaultProvider = name };
            options.Providers[name] = new() { Type = ProviderType.OpenAi, BaseUrl = upstream.Url, ApiKey = key };
            var result = await factory.Create(options).Default.CompleteAsync(
                new ChatRequest { Model = "m", Messages = [ChatMessage.Create("user", "Hello")] }, default);
            Assert.Equal("Hi", result.Response?.Choices[0].Message?.Content);
        }

        Assert.Equal(["Bearer one", "Bearer two", "Bearer two"], upstream.Received.Select(request => request.Headers["Authorization"]));
        var connections = upstream.Received.Select(request => request.ConnectionId).ToList();
        Assert.Equal(connections[0], connections[1]);
        Assert.NotEqual(connections[1], connections[2]);
    }

    [Fact]
    public void A_provider_without_a_type_stops_the_start()
    {
        using var services = new ServiceCollection()
            .AddPrismProviders()
            .Configure<ProvidersOptions>(options => options.Providers["groq"] = new())
            .BuildServiceProvider();

        var exception = Assert.Throws<InvalidOperationException>(services.GetRequiredService<ProviderRegistry>);
        Assert.Equal("Provider 'groq' has no type.", exception.Message);
    }
}
