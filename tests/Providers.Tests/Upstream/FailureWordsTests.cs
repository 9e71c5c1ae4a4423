using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Upstream.OpenAiEvents;

namespace Prism.Tests.Upstream;

/// <summary>What operators are told of a failed call, and what not even they are.</summary>
public sealed class FailureWordsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_has_the_place_the_key_the_ids_and_the_providers_words(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(Error("Try later"), 503, ("x-request-id", "req-of-theirs")));
        using var provider = new ProviderUnderTest(upstream.Url);

        var error = await provider.FailAsync(stream);

        Assert.Equal(503, error.UpstreamStatus);
        Assert.Equal(
            new UpstreamFailure { Address = new Uri(upstream.Url).Authority, Key = "key 1 of 1 (…6789)", UpstreamRequestId = "req-of-theirs", Message = "Try later" },
            error.Failure);
        Assert.DoesNotContain("Try later", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    // By the provider's key, wherever it stands.
    [InlineData("Key " + ProviderUnderTest.ApiKey + " is wrong", "Key *** is wrong")]
    // By what it repeats of the prompt, which is "Hello".
    [InlineData("I cannot say Hello today", "I cannot say *** today")]
    // On one line, whatever is in it.
    [InlineData("One\\r\\nTwo\\u001b[31m\\tThree\\u202e", "One Two [31m Three")]
    [InlineData("The model m is not there", "The model m is not there")]
    public async Task Words_are_fit_for_a_log(string words, string expected)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(Error(words), 500));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(expected, (await provider.FailAsync(stream: false)).Failure?.Message);
    }

    [Theory]
    [InlineData("text/html", "<h1>502 Bad Gateway</h1>\n<p>nginx</p>", "<h1>502 Bad Gateway</h1> <p>nginx</p>")]
    [InlineData("application/json", "[{\"reason\":\"over \\u00e4nd out\"}]", "over änd out")]
    [InlineData("text/plain", "", null)]
    public async Task A_body_that_is_no_error_object_is_quoted_too(string type, string body, string? expected)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.BodyAsync(body, type, 502));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(expected, (await provider.FailAsync(stream: false)).Failure?.Message);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("ollama")]
    [InlineData("EMPTY")]
    public async Task A_key_that_is_a_placeholder_is_blanked_out_of_nothing(string key)
    {
        var words = $"There is {key} of it";
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(Error(words), 400));
        using var provider = new ProviderUnderTest(upstream.Url, apiKey: key);

        var error = await provider.FailAsync(stream: false);

        Assert.Equal((words, words, "key 1 of 1"), (error.Message, error.Failure?.Message, error.Failure?.Key));
    }

    [Fact]
    public async Task Long_words_are_cut()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(Error(new string('x', 100_000)), 500));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(new string('x', 500) + "…", (await provider.FailAsync(stream: false)).Failure?.Message);
    }

    [Fact]
    public async Task Words_in_the_middle_of_a_stream_are_told_too()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(
            call => call.ServerSentEventsAsync(Token("Hi"), Error("Broken: " + ProviderUnderTest.ApiKey)));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal("Broken: ***", (await provider.FailAsync(stream: true)).Failure?.Message);
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_said_what_the_system_says()
    {
        using var provider = new ProviderUnderTest("http://127.0.0.1:1");

        var error = await provider.FailAsync(stream: false);

        Assert.Equal((ChatErrorKind.UpstreamUnreachable, "127.0.0.1:1"), (error.Kind, error.Failure?.Address));
        Assert.Contains("refused", error.Failure?.Message, StringComparison.OrdinalIgnoreCase);
    }
}
