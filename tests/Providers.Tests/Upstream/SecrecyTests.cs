using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Upstream.OpenAiEvents;

namespace Prism.Tests.Upstream;

/// <summary>What of a vendor's words a client gets to read.</summary>
public sealed class SecrecyTests
{
    private const string Quoting = "Key " + ProviderUnderTest.ApiKey + " is wrong";

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(422)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_key_that_the_provider_quotes_goes_no_further(int status)
    {
        foreach (var stream in new[] { false, true })
        {
            await using var upstream = await ScriptedUpstream.StartAsync(
                call => call.JsonAsync(Error(Quoting, code: "c-" + ProviderUnderTest.ApiKey, param: ProviderUnderTest.ApiKey), status));
            using var provider = new ProviderUnderTest(upstream.Url);

            AssertSecret(await provider.FailAsync(stream));
        }
    }

    [Fact]
    public async Task A_key_that_is_quoted_in_a_stream_goes_no_further()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(
            call => call.ServerSentEventsAsync(Token("Hi"), Error(Quoting, code: ProviderUnderTest.ApiKey, param: ProviderUnderTest.ApiKey)));
        using var provider = new ProviderUnderTest(upstream.Url);

        var error = await provider.FailAsync(stream: true);

        AssertSecret(error);
        Assert.Equal("Key *** is wrong", error.Message);
    }

    [Fact]
    public async Task A_long_message_is_cut()
    {
        // Cut between the halves of an emoji it could not be written as JSON.
        await using var upstream = await ScriptedUpstream.StartAsync(
            call => call.JsonAsync(Error(new string('x', 999) + "\\ud83d\\ude00" + new string('y', 100_000)), 400));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(new string('x', 999), (await provider.FailAsync(stream: false)).Message);
    }

    [Fact]
    public async Task A_key_at_the_cut_is_not_left_in_half()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(
            call => call.JsonAsync(Error(new string('x', 990) + ProviderUnderTest.ApiKey), 400));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(new string('x', 990) + "***", (await provider.FailAsync(stream: false)).Message);
    }

    // A record prints all its properties.
    private static void AssertSecret(ChatError error) => Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
}
