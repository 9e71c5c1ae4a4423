using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Chat;

public class ChatMetricsTests
{
    private readonly TestPipeline _pipeline = new(Create("other"));

    [Fact]
    public async Task A_scrape_has_exactly_these_metrics_with_these_labels()
    {
        _pipeline.Vendor.OnStream = (_, _) => Play(Piece("hello", ChatUsage.Of(8, 2)));
        await _pipeline.StreamAsync();
        _pipeline.Vendor.OnStream = (_, _) => Play(Failure(ChatErrorKind.UpstreamIdleTimeout));
        await _pipeline.StreamAsync();

        var scrape = await _pipeline.ScrapeAsync();

        Assert.Equal(
            [
                "# TYPE llm_breaker_state gauge",
                "# TYPE llm_breaker_transitions_total counter",
                "# TYPE llm_cost_usd_total counter",
                "# TYPE llm_fallbacks_total counter",
                "# TYPE llm_inflight_requests gauge",
                "# TYPE llm_key_limit_admitted_total counter",
                "# TYPE llm_key_limit_denied_total counter",
                "# TYPE llm_key_limit_grain_calls_total counter",
                "# TYPE llm_limit_admitted_total counter",
                "# TYPE llm_limit_denied_total counter",
                "# TYPE llm_limit_grain_calls_total counter",
                "# TYPE llm_limit_remaining gauge",
                "# TYPE llm_request_duration_seconds histogram",
                "# TYPE llm_requests_total counter",
                "# TYPE llm_retries_denied_total counter",
                "# TYPE llm_retries_total counter",
                "# TYPE llm_time_to_first_token_seconds histogram",
                "# TYPE llm_tokens_total counter",
                "# TYPE llm_upstream_errors_total counter",
            ],
            scrape.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).Order());
        Assert.Equal(
            ["""{provider="vendor",model="gpt-4o",status="success"} 1""", """{provider="vendor",model="gpt-4o",status="timeout"} 1"""],
            await _pipeline.ScrapeAsync("llm_requests_total"));
        Assert.Equal(
            ["""{provider="vendor",model="gpt-4o",type="prompt"} 8""", """{provider="vendor",model="gpt-4o",type="completion"} 2"""],
            await _pipeline.ScrapeAsync("llm_tokens_total"));
        Assert.Equal(["""{provider="vendor",kind="idle_timeout"} 1"""], await _pipeline.ScrapeAsync("llm_upstream_errors_total"));
    }

    [Fact]
    public async Task Durations_are_measured_in_seconds_from_the_request()
    {
        _pipeline.Vendor.OnStream = (_, _) => Slowly();

        await _pipeline.StreamAsync();

        Assert.Equal(
            ["""{provider="vendor",model="gpt-4o"} 3.5"""], await _pipeline.ScrapeAsync("llm_request_duration_seconds_sum"));
        Assert.Equal(
            ["""{provider="vendor",model="gpt-4o"} 1.5"""], await _pipeline.ScrapeAsync("llm_time_to_first_token_seconds_sum"));

        async IAsyncEnumerable<ChatStreamEvent> Slowly()
        {
            await Task.Yield();
            _pipeline.Time.Advance(TimeSpan.FromSeconds(1.5));
            yield return Piece("hel");
            _pipeline.Time.Advance(TimeSpan.FromSeconds(2));
            yield return Piece("lo");
        }
    }

    [Fact]
    public async Task An_answer_that_is_not_streamed_has_a_duration_and_no_first_token()
    {
        _pipeline.Vendor.OnComplete = (_, _) =>
        {
            _pipeline.Time.Advance(TimeSpan.FromSeconds(2));
            return Task.FromResult<ProviderResult>(Answer("hi", ChatUsage.Of(8, 1)));
        };

        await _pipeline.CompleteAsync();

        Assert.Equal(["""{provider="vendor",model="gpt-4o"} 2"""], await _pipeline.ScrapeAsync("llm_request_duration_seconds_sum"));
        Assert.Empty(await _pipeline.ScrapeAsync("llm_time_to_first_token_seconds_count"));
    }

    [Fact]
    public async Task A_refused_request_is_counted_under_no_provider()
    {
        await _pipeline.CompleteAsync(Ask() with { Provider = "made-up", Model = "made-up" });
        await _pipeline.StreamAsync(new());

        Assert.Equal(["""{provider="none",model="none",status="invalid_request"} 2"""], await _pipeline.ScrapeAsync("llm_requests_total"));
        Assert.Empty(await _pipeline.ScrapeAsync("llm_request_duration_seconds_count"));
    }

    [Fact]
    public async Task An_answer_that_this_silo_has_no_memory_for_is_no_failure_of_the_provider()
    {
        _pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(ChatErrorKind.Overloaded));

        await _pipeline.CompleteAsync();

        Assert.Equal(["""{provider="vendor",model="gpt-4o",status="overloaded"} 1"""], await _pipeline.ScrapeAsync("llm_requests_total"));
        Assert.Empty(await _pipeline.ScrapeAsync("llm_upstream_errors_total"));
    }

    [Theory]
    [InlineData(ChatErrorKind.Internal, "internal_error", "internal")]
    [InlineData(ChatErrorKind.InvalidRequest, "invalid_request", "invalid_request")]
    [InlineData(ChatErrorKind.ModelNotFound, "invalid_request", "model_not_found")]
    [InlineData(ChatErrorKind.RequestTooLarge, "invalid_request", "request_too_large")]
    [InlineData(ChatErrorKind.Unprocessable, "invalid_request", "unprocessable")]
    [InlineData(ChatErrorKind.RateLimited, "rate_limited", "rate_limited")]
    [InlineData(ChatErrorKind.QuotaExceeded, "quota_exceeded", "quota_exceeded")]
    [InlineData(ChatErrorKind.UpstreamCredentialsRefused, "upstream_error", "credentials_refused")]
    [InlineData(ChatErrorKind.UpstreamServerError, "upstream_error", "server_error")]
    [InlineData(ChatErrorKind.UpstreamUnreachable, "upstream_error", "unreachable")]
    [InlineData(ChatErrorKind.UpstreamInvalidResponse, "upstream_error", "invalid_response")]
    [InlineData(ChatErrorKind.UpstreamBrokenOff, "upstream_error", "broken_off")]
    [InlineData(ChatErrorKind.UpstreamConnectTimeout, "timeout", "connect_timeout")]
    [InlineData(ChatErrorKind.UpstreamFirstTokenTimeout, "timeout", "first_token_timeout")]
    [InlineData(ChatErrorKind.UpstreamIdleTimeout, "timeout", "idle_timeout")]
    [InlineData(ChatErrorKind.NotFound, "invalid_request", "not_found")]
    [InlineData(ChatErrorKind.Conflict, "invalid_request", "conflict")]
    public async Task Every_failure_has_a_status_and_a_kind(ChatErrorKind error, string status, string kind)
    {
        _pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(error));
        _pipeline.Vendor.OnStream = (_, _) => Play(Piece("hel"), Failure(error));

        await _pipeline.CompleteAsync();
        await _pipeline.StreamAsync();

        Assert.Equal([$$"""{provider="vendor",model="gpt-4o",status="{{status}}"} 2"""], await _pipeline.ScrapeAsync("llm_requests_total"));
        Assert.Equal([$$"""{provider="vendor",kind="{{kind}}"} 2"""], await _pipeline.ScrapeAsync("llm_upstream_errors_total"));
        Assert.Empty(await _pipeline.ScrapeAsync("llm_tokens_total"));
        await _pipeline.AssertNothingInFlightAsync();
    }

    [Fact]
    public async Task What_a_provider_was_never_asked_is_no_failure_of_its()
    {
        _pipeline.Vendor.OnComplete = (_, _) =>
            Task.FromResult<ProviderResult>(Failure(ChatErrorKind.InvalidRequest, provider: null));

        await _pipeline.CompleteAsync();

        Assert.Equal(["""{provider="vendor",model="gpt-4o",status="invalid_request"} 1"""], await _pipeline.ScrapeAsync("llm_requests_total"));
        Assert.Empty(await _pipeline.ScrapeAsync("llm_upstream_errors_total"));
        Assert.Null(_pipeline.Catalog.GetStatus()[0].LastOutcome);
        Assert.Empty(_pipeline.Log.Lines);
    }

    [Fact]
    public async Task A_model_of_the_callers_own_invention_is_other_until_it_answers()
    {
        var answers = false;
        _pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(
            answers ? Answer("hi", ChatUsage.Of(1, 1)) : Failure(ChatErrorKind.ModelNotFound));

        await _pipeline.CompleteAsync(Ask() with { Model = "gpt-9" });
        answers = true;
        await _pipeline.CompleteAsync(Ask() with { Model = "gpt-9" });

        Assert.Equal(
            ["""{provider="vendor",model="other",status="invalid_request"} 1""", """{provider="vendor",model="gpt-9",status="success"} 1"""],
            await _pipeline.ScrapeAsync("llm_requests_total"));
    }

    [Fact]
    public async Task A_usage_below_zero_does_not_spoil_a_good_answer()
    {
        _pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer("hi", ChatUsage.Of(-1, 5)));

        Assert.NotNull((await _pipeline.CompleteAsync()).Response);
        Assert.Equal(["""{provider="vendor",model="gpt-4o",type="completion"} 5"""], await _pipeline.ScrapeAsync("llm_tokens_total"));
    }

    [Fact]
    public async Task A_request_is_in_flight_while_it_is_answered()
    {
        var gate = new TaskCompletionSource<ProviderResult>();
        _pipeline.Vendor.OnComplete = (_, _) => gate.Task;

        var answer = _pipeline.CompleteAsync();
        Assert.Equal(["""{provider="vendor"} 1"""], await _pipeline.ScrapeAsync("llm_inflight_requests"));
        gate.SetResult(Answer("hi"));
        await answer;

        await _pipeline.AssertNothingInFlightAsync();
    }
}
