using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Upstream;

/// <summary>Answers with a status that is no success. What a client gets for the common ones is in docs/operations.md, and tested from there.</summary>
public sealed class StatusTests
{
    public static TheoryData<int, ChatErrorKind, bool> Statuses
    {
        get
        {
            var data = new TheoryData<int, ChatErrorKind, bool>();
            foreach (var stream in new[] { false, true })
            {
                data.Add(301, ChatErrorKind.UpstreamServerError, stream);
                data.Add(402, ChatErrorKind.QuotaExceeded, stream);
                data.Add(418, ChatErrorKind.UpstreamServerError, stream);
                data.Add(422, ChatErrorKind.Unprocessable, stream);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task A_status_says_whose_fault_it_is(int status, ChatErrorKind kind, bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(OpenAiEvents.Error(), status));
        using var provider = new ProviderUnderTest(upstream.Url);

        var error = await provider.FailAsync(stream);

        Assert.Equal(kind, error.Kind);
        Assert.Equal("up", error.Provider);
        var clientsFault = status == 422;
        // The vendor's words are for the client only where the client is at fault.
        Assert.Equal(clientsFault, error.Message == "No.");
        Assert.Equal(clientsFault ? ("p", "c") : (null, null), (error.Param, error.Code));
    }

    [Theory]
    [InlineData(400, ChatErrorKind.InvalidRequest)]
    [InlineData(404, ChatErrorKind.ModelNotFound)]
    [InlineData(429, ChatErrorKind.RateLimited)]
    [InlineData(502, ChatErrorKind.UpstreamServerError)]
    public async Task A_status_counts_also_without_an_error_object(int status, ChatErrorKind kind)
    {
        foreach (var body in new[] { "", "<html>nginx</html>", "[]", "null", "\"no\"", "{\"error\":5}", "{\"error\":{\"message\":\"\\ud800\"" })
        {
            await using var upstream = await ScriptedUpstream.StartAsync(call => call.BodyAsync(body, "text/html", status));
            using var provider = new ProviderUnderTest(upstream.Url);

            var error = await provider.FailAsync(stream: true);

            Assert.Equal(kind, error.Kind);
            Assert.StartsWith("Provider 'up' ", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"object":"error","message":"No.","type":"BadRequestError","param":null,"code":400}""", "400")]
    [InlineData("""{"error":"No."}""", null)]
    [InlineData("""{"detail":"No."}""", null)]
    [InlineData("""{"error":{"message":"No.","code":400,"metadata":{}}}""", "400")]
    public async Task The_error_objects_of_other_servers_are_understood(string body, string? code)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(body, 400));
        using var provider = new ProviderUnderTest(upstream.Url);

        var error = await provider.FailAsync(stream: false);

        Assert.Equal(("No.", code), (error.Message, error.Code));
    }

    [Theory]
    [InlineData("insufficient_quota", "x")]
    [InlineData("x", "insufficient_quota")]
    public async Task A_used_up_quota_is_told_from_a_rate_limit(string type, string code)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(OpenAiEvents.Error(type: type, code: code), 429));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.QuotaExceeded, (await provider.FailAsync(stream: true)).Kind);
    }

    [Theory]
    [InlineData(429, "Retry-After", "7", 7000.0)]
    [InlineData(503, "Retry-After", "0", null)]
    [InlineData(529, "Retry-After", "120", 120_000.0)]
    [InlineData(429, "retry-after-ms", "1500.5", 1500.5)]
    [InlineData(429, "Retry-After", "Wed, 01 Jan 2025 00:01:30 GMT", 90_000.0)]
    [InlineData(429, "Retry-After", "Tue, 31 Dec 2024 23:59:59 GMT", null)]
    [InlineData(429, "Retry-After", "soon", null)]
    [InlineData(429, "Retry-After", "-5", null)]
    [InlineData(429, "retry-after-ms", "NaN", null)]
    [InlineData(429, "retry-after-ms", "-1", null)]
    [InlineData(429, "retry-after-ms", "1e300", null)]
    public async Task The_provider_says_when_to_try_again(int status, string header, string value, double? milliseconds)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(
            call => call.JsonAsync(OpenAiEvents.Error(), status, ("Date", "Wed, 01 Jan 2025 00:00:00 GMT"), (header, value)));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(milliseconds, (await provider.FailAsync(stream: true)).RetryAfter?.TotalMilliseconds);
    }

    [Fact]
    public async Task Milliseconds_win_over_seconds()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(
            call => call.JsonAsync(OpenAiEvents.Error(), 429, ("Retry-After", "2"), ("retry-after-ms", "1250")));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(1250, (await provider.FailAsync(stream: false)).RetryAfter?.TotalMilliseconds);
    }

    [Fact]
    public async Task A_status_counts_also_where_its_body_is_too_large()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.BodyAsync(new string('x', 5000), "text/html", 429));
        using var provider = new ProviderUnderTest(upstream.Url, maxBytes: 4000);

        Assert.Equal(ChatErrorKind.RateLimited, (await provider.FailAsync(stream: true)).Kind);
        Assert.Equal(ChatErrorKind.RateLimited, (await provider.FailAsync(stream: false)).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_status_counts_also_where_its_body_is_cut_off(bool stream)
    {
        await using var upstream = new RawUpstream("HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 500\r\n\r\n{");
        using var provider = new ProviderUnderTest(upstream.Url);

        var error = await provider.FailAsync(stream);

        Assert.Equal((ChatErrorKind.UpstreamServerError, TimeSpan.FromSeconds(3)), (error.Kind, error.RetryAfter));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_status_counts_also_where_its_body_does_not_come(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            call.Http.Response.StatusCode = 401;
            await call.StartStreamAsync("application/json");
            await call.HangAsync();
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream);
        await provider.Wire.WaitUntilPendingAfterAsync(0);
        provider.Time.Advance(ProviderUnderTest.Timeout);

        Assert.Equal(ChatErrorKind.UpstreamCredentialsRefused, (await failing.WaitAsync(Patience.Limit)).Kind);
    }
}
