using Microsoft.Extensions.Logging.Abstractions;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;
using static Prism.Tests.Upstream.OpenAiEvents;

namespace Prism.Tests.Upstream;

/// <summary>A call that may be made twice and is to count once.</summary>
public sealed class IdempotencyTests
{
    private static readonly ChatRequest Keyed = ProviderUnderTest.Hello with { IdempotencyKey = "claim-1", MaxTokens = 5 };

    [Fact]
    public async Task An_OpenAI_type_provider_is_told_the_key()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.ServerSentEventsAsync(Token("Hi"), Finish, Done));
        using var provider = new ProviderUnderTest(upstream.Url);

        await foreach (var _ in provider.Provider.StreamAsync(Keyed, default))
        {
        }

        await provider.StreamAsync();
        Assert.Equal(["claim-1", null], upstream.Received.Select(received => received.Headers.GetValueOrDefault("Idempotency-Key")));
        Assert.All(upstream.Received, received => Assert.DoesNotContain("claim-1", received.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_vendor_that_has_no_such_header_is_not()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync("{}", 500));
        var options = new ProviderOptions { Name = "up", Type = ProviderType.Anthropic, BaseUrl = upstream.Url, ApiKey = "key" };
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());

        await new HttpChatProvider(options, ProviderApis.Anthropic(options), http, new(1 << 24), TimeProvider.System, NullLogger.Instance).CompleteAsync(Keyed, default);

        Assert.DoesNotContain("Idempotency-Key", Assert.Single(upstream.Received).Headers.Keys);
    }
}
