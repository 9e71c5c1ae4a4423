using System.Collections.Immutable;
using Prism.Gateway.Limits;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Tests.Limits;

public sealed class RateLimitHeadersTests : GatewayTest
{
    private static readonly ImmutableArray<LimitStatus> Limits =
    [
        new() { Kind = LimitKind.RequestsPerMinute, Limit = 60, Remaining = 59, ResetAfter = TimeSpan.FromSeconds(61.2) },
        new() { Kind = LimitKind.TokensPerMinute, Limit = 1_000, Remaining = 900, ResetAfter = TimeSpan.FromSeconds(60) },
        new() { Kind = LimitKind.TokensPerDay, Limit = 5_000, Remaining = 800, ResetAfter = TimeSpan.FromHours(5) },
        new() { Kind = LimitKind.TokensPerMonth, Limit = 9_000, Remaining = 4_000, ResetAfter = TimeSpan.FromDays(5) },
        new() { Kind = LimitKind.Concurrency, Limit = 3, Remaining = 0 },
    ];

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(0.2, "1ms")]
    [InlineData(12, "12ms")]
    [InlineData(1_000, "1s")]
    [InlineData(1_001, "2s")]
    [InlineData(59_999, "1m0s")]
    [InlineData(360_000, "6m0s")]
    [InlineData(3_600_000, "1h0m0s")]
    [InlineData(262_805_000, "73h0m5s")]
    public void A_duration_is_rounded_up(double milliseconds, string expected) =>
        Assert.Equal(expected, RateLimitHeaders.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public async Task An_answer_tells_of_requests_and_of_the_tokens_that_run_out_first()
    {
        Host.Chat.Answer(new ChatOutcome { Response = Answers.Text("Hi"), Route = ScriptedChat.Route with { Limits = Limits } });

        AssertHeaders(await Host.PostAsync("/v1/chat", GatewayHost.Hello));
    }

    [Fact]
    public async Task A_stream_tells_before_it_begins()
    {
        Host.Chat.Stream(new() { Started = ScriptedChat.Route with { Limits = Limits } }, Answers.Piece("Hi"), Answers.Completed);

        AssertHeaders(await Host.PostAsync("/v1/chat", GatewayHost.HelloStream));
    }

    [Fact]
    public async Task An_error_tells_too_whether_or_not_a_stream_was_asked_for()
    {
        var error = new ChatError { Kind = ChatErrorKind.RateLimited, Message = "No.", RetryAfter = TimeSpan.FromSeconds(1.5), Limits = Limits };
        Host.Chat.Answer(new ChatOutcome { Error = error, Route = ScriptedChat.Route });
        Host.Chat.Stream(error);

        AssertHeaders(await Host.PostAsync("/v1/chat", GatewayHost.Hello));
        AssertHeaders(await Host.PostAsync("/v1/chat", GatewayHost.HelloStream));
    }

    private static void AssertHeaders(HttpResponseMessage response)
    {
        Assert.Equal(
            ["60", "59", "1m2s", "5000", "800", "5h0m0s"],
            from unit in new[] { "requests", "tokens" }
            from name in new[] { "limit", "remaining", "reset" }
            select HeaderOf(response, $"x-ratelimit-{name}-{unit}"));
        response.Dispose();
    }
}
