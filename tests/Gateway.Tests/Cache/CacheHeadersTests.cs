using System.Net;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Cache;

/// <summary>What a client says to the cache, and what it is told.</summary>
public sealed class CacheHeadersTests : GatewayTest
{
    public static TheoryData<string, string, ChatCachePolicy> Policies { get; } = new()
    {
        { "Cache-Control", "no-store", new() { NoStore = true } },
        { "Cache-Control", "no-cache", new() { NoCache = true } },
        { "Cache-Control", "max-age=90", new() { MaxAge = TimeSpan.FromSeconds(90) } },
        { "Cache-Control", "max-age=0", new() { MaxAge = TimeSpan.Zero } },
        { "Cache-Control", "No-Cache, max-age=5, only-if-somebody-knows", new() { NoCache = true, MaxAge = TimeSpan.FromSeconds(5) } },
        { "Cache-Control", "no-transform", new() },
        { "x-prism-cache-ttl", "15", new() { Ttl = TimeSpan.FromSeconds(15) } },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task The_headers_become_what_the_caller_wants(string header, string value, ChatCachePolicy expected)
    {
        Host.Chat.Answer(Answers.Text("hi"));

        using var response = await PostAsync(header, value);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, (await Host.Chat.NextCallAsync()).Request.Cache);
    }

    [Fact]
    public async Task Without_them_the_caller_wants_nothing()
    {
        Host.Chat.Answer(Answers.Text("hi"));

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Null((await Host.Chat.NextCallAsync()).Request.Cache);
    }

    [Theory]
    [InlineData("Cache-Control", "max-age=soon", "cache-control")]
    [InlineData("x-prism-cache-ttl", "0", "x-prism-cache-ttl")]
    [InlineData("x-prism-cache-ttl", "-1", "x-prism-cache-ttl")]
    [InlineData("x-prism-cache-ttl", "1.5", "x-prism-cache-ttl")]
    [InlineData("x-prism-cache-ttl", "1h", "x-prism-cache-ttl")]
    [InlineData("x-prism-cache-ttl", "31536001", "x-prism-cache-ttl")]
    public async Task A_header_that_cannot_be_right_is_refused(string header, string value, string param)
    {
        using var response = await PostAsync(header, value);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(param, (await ReadErrorAsync(response)).Param);
        Assert.False(Host.Chat.WasCalled);
    }

    [Theory]
    [InlineData(ChatCacheResult.Bypass, "bypass")]
    [InlineData(ChatCacheResult.Miss, "miss")]
    [InlineData(ChatCacheResult.Joined, "joined")]
    public async Task An_answer_says_what_the_cache_had_to_do_with_it(ChatCacheResult result, string header)
    {
        Host.Chat.Answer(new ChatOutcome { Response = Answers.Text("hi"), Route = ScriptedChat.Route with { Cache = result } });

        using var response = await Host.PostAsync("/v1/chat/completions", GatewayHost.Hello);

        Assert.Equal((header, null), (HeaderOf(response, "x-prism-cache"), HeaderOf(response, "Age")));
    }

    [Fact]
    public async Task A_stored_answer_says_how_old_it_is_as_a_whole_and_as_a_stream()
    {
        var route = ScriptedChat.Route with { Cache = ChatCacheResult.Hit, Age = TimeSpan.FromSeconds(61.9), Attempts = 0 };
        Host.Chat.Answer(new ChatOutcome { Response = Answers.Text("hi"), Route = route });
        Host.Chat.Stream(new() { Started = route }, Answers.Piece("hi"), Answers.Completed);

        using var whole = await Host.PostAsync("/v1/chat", GatewayHost.Hello);
        using var streamed = await Host.PostAsync("/v1/chat", GatewayHost.HelloStream);

        foreach (var response in (HttpResponseMessage[])[whole, streamed])
        {
            Assert.Equal(
                ("hit", "61", "0"),
                (HeaderOf(response, "x-prism-cache"), HeaderOf(response, "Age"), HeaderOf(response, "x-prism-attempts")));
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat") { Content = GatewayHost.Json(GatewayHost.Hello) };
        request.Headers.TryAddWithoutValidation(header, value);
        return await Host.Client.SendAsync(request);
    }
}
