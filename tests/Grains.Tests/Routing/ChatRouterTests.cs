using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;
using Prism.Pipeline.Routing;
using Prism.Providers;
using Prism.Tests.Chat;

namespace Prism.Tests.Routing;

public class ChatRouterTests
{
    private readonly ChatRouter _router = new(new(1));

    private readonly GatewaySnapshot _snapshot = TestPipeline.SnapshotsOf(new("vendor",
    [
        ScriptedProvider.Create("vendor"),
        ScriptedProvider.Create("anthropic", "claude", ProviderType.Anthropic),
        ScriptedProvider.Create("echo", "echo-v1", ProviderType.Echo),
        new ScriptedProvider(new() { Name = "openai", Type = ProviderType.OpenAi, BaseUrl = "https://api.openai.com/v1", DefaultModel = "gpt-4o-mini" }),
    ])).Current;

    [Theory]
    // Nothing is named.
    [InlineData(null, null, "vendor", "vendor-model")]
    [InlineData(null, "", "vendor", "vendor-model")]
    [InlineData(null, "gpt-4o", "vendor", "gpt-4o")]
    // The provider is named.
    [InlineData("anthropic", null, "anthropic", "claude")]
    [InlineData("Anthropic", "claude-x", "anthropic", "claude-x")]
    // The provider is in front of the model.
    [InlineData(null, "anthropic/claude-x", "anthropic", "claude-x")]
    [InlineData(null, "ANTHROPIC/Claude-X", "anthropic", "Claude-X")]
    [InlineData(null, "anthropic/", "anthropic", "claude")]
    [InlineData(null, "anthropic/org/model", "anthropic", "org/model")]
    // A prefix that is no provider is part of the model.
    [InlineData(null, "meta-llama/Llama-3.1-8B", "vendor", "meta-llama/Llama-3.1-8B")]
    [InlineData(null, "/model", "vendor", "/model")]
    [InlineData("anthropic", "meta-llama/Llama-3.1-8B", "anthropic", "meta-llama/Llama-3.1-8B")]
    // Both: the same provider is said twice, another one is part of the model's name (as OpenRouter has them).
    [InlineData("anthropic", "anthropic/claude-x", "anthropic", "claude-x")]
    [InlineData("ANTHROPIC", "Anthropic/claude-x", "anthropic", "claude-x")]
    [InlineData("vendor", "anthropic/claude-x", "vendor", "anthropic/claude-x")]
    // Echo is its own model.
    [InlineData("echo", null, "echo", "echo-v1")]
    [InlineData("echo", "gpt-4o", "echo", "echo-v1")]
    [InlineData(null, "echo/anything", "echo", "echo-v1")]
    public void A_request_goes_to(string? provider, string? model, string expectedProvider, string expectedModel)
    {
        var (call, error) = _router.Route(CallRequest.Of(TestPipeline.Ask() with { Provider = provider, Model = model }), _snapshot);

        Assert.Null(error);
        Assert.Equal(new AnswerInfo { Provider = expectedProvider, Model = expectedModel }, call.Route);
        Assert.Equal(expectedProvider, call.Provider.Options.Name);
        Assert.Equal((expectedModel, null), (call.Request.Model, call.Request.Provider));
    }

    [Theory]
    [InlineData("nobody", null)]
    [InlineData("nobody", "anthropic/claude-x")]
    [InlineData("", null)]
    public void An_unknown_provider_is_refused_with_those_there_are(string provider, string? model)
    {
        var (_, error) = _router.Route(CallRequest.Of(TestPipeline.Ask() with { Provider = provider, Model = model }), _snapshot);

        Assert.Equal((ChatErrorKind.InvalidRequest, "provider", "provider_not_found"), (error!.Kind, error.Param, error.Code));
        Assert.Equal($"Unknown provider '{provider}'; known providers: vendor, anthropic, echo, openai.", error.Message);
    }

    [Theory]
    [InlineData("openai", null)]
    [InlineData(null, "openai/gpt-4o")]
    public void A_provider_that_lacks_its_key_is_refused(string? provider, string? model)
    {
        var (_, error) = _router.Route(CallRequest.Of(TestPipeline.Ask() with { Provider = provider, Model = model }), _snapshot);

        Assert.Equal((ChatErrorKind.InvalidRequest, "provider", "provider_not_configured"), (error!.Kind, error.Param, error.Code));
        Assert.Equal("Provider 'openai' is not configured here: it has no API key.", error.Message);
    }
}
