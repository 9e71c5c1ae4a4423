using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Providers;
using Prism.Providers;
using Prism.Tests.Chat;

namespace Prism.Tests.Providers;

public class ProviderCatalogTests
{
    private readonly FakeTimeProvider _time = new(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void Every_provider_is_listed_in_order_with_its_configuration()
    {
        var catalog = Catalog(
            new() { Name = "openai", Type = ProviderType.OpenAi, BaseUrl = "https://api.openai.com/v1", DefaultModel = "a", Models = ["b", "a"] },
            new() { Name = "echo", Type = ProviderType.Echo, DefaultModel = "echo-v1" });

        var status = catalog.GetStatus();

        Assert.Equal("openai", catalog.Default);
        Assert.Equal(["openai", "echo"], status.Select(one => one.Name));
        Assert.Equal(["openai", "echo"], status.Select(one => one.Type));
        Assert.Equal(["a", "b"], status[0].Models.AsEnumerable());
        Assert.Equal("LLM_OPENAI_API_KEY", status[0].Missing);
        Assert.False(status[0].Usable);
        Assert.Equal((null, null, true), (status[1].BaseUrl, status[1].Missing, status[1].Usable));
    }

    [Theory]
    [InlineData("https://user:secret@host.test:8443/v1?key=secret#secret", "https://host.test:8443/v1")]
    [InlineData("https://api.anthropic.com", "https://api.anthropic.com")]
    [InlineData("http://[::1]:4010/a%20b/", "http://[::1]:4010/a%20b")]
    public void An_address_is_shown_without_what_may_be_secret(string baseUrl, string shown) => Assert.Equal(
        shown, Catalog(new ProviderOptions { Name = "vendor", Type = ProviderType.OpenAi, BaseUrl = baseUrl }).GetStatus()[0].BaseUrl);

    [Fact]
    public void A_key_is_not_shown()
    {
        var status = Catalog(new ProviderOptions
        {
            Name = "vendor",
            Type = ProviderType.OpenAi,
            BaseUrl = "https://host.test",
            ApiKey = "secret-key",
            DefaultModel = "m",
        }).GetStatus()[0];

        Assert.DoesNotContain("secret-key", status.ToString(), StringComparison.Ordinal);
        Assert.True(status.Usable);
    }

    [Fact]
    public void The_last_outcome_is_the_last_one_and_each_provider_has_its_own()
    {
        var catalog = Catalog(
            new() { Name = "a", Type = ProviderType.Echo, DefaultModel = "m" }, new() { Name = "b", Type = ProviderType.Echo, DefaultModel = "m" });

        catalog.OnOutcome("a", ChatErrorKind.UpstreamUnreachable);
        Assert.Equal(new() { At = _time.GetUtcNow(), Error = ChatErrorKind.UpstreamUnreachable }, catalog.GetStatus()[0].LastOutcome);

        _time.Advance(TimeSpan.FromMinutes(1));
        catalog.OnOutcome("a", error: null);
        Assert.Equal(new() { At = _time.GetUtcNow(), Error = null }, catalog.GetStatus()[0].LastOutcome);
        Assert.Null(catalog.GetStatus()[1].LastOutcome);
    }

    private ProviderCatalog Catalog(params ProviderOptions[] options) =>
        new(new ProviderRegistry(options[0].Name, [.. options.Select(one => new ScriptedProvider(one))]), _time);
}
