using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;
using Prism.Tests.Chat;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Attempts;

/// <summary>Where a provider fails, another is asked.</summary>
public sealed class FallbackTests
{
    private readonly ScriptedProvider _second = Create("second");
    private readonly ScriptedProvider _third = Create("third", type: ProviderType.Ollama);

    [Theory]
    [InlineData(ChatErrorKind.UpstreamServerError)]
    [InlineData(ChatErrorKind.UpstreamUnreachable)]
    [InlineData(ChatErrorKind.UpstreamConnectTimeout)]
    [InlineData(ChatErrorKind.UpstreamFirstTokenTimeout)]
    [InlineData(ChatErrorKind.UpstreamInvalidResponse)]
    [InlineData(ChatErrorKind.UpstreamCredentialsRefused)]
    [InlineData(ChatErrorKind.UpstreamUnavailable)]
    [InlineData(ChatErrorKind.RateLimited)]
    [InlineData(ChatErrorKind.QuotaExceeded)]
    [InlineData(ChatErrorKind.Overloaded)]
    public async Task What_is_the_providers_doing_leads_to_the_fallback(ChatErrorKind kind)
    {
        foreach (var stream in new[] { false, true })
        {
            var pipeline = FallingBackOn("second");
            Fail(pipeline.Vendor, kind);

            var (route, error) = await AskAsync(pipeline, Ask(), stream);

            Assert.Null(error);
            Assert.Equal(("second", "second-model", 2), (route!.Provider, route.Model, route.Attempts));
            Assert.Null(route.Warnings);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_attempts_send_the_prompt_that_was_rendered_once(bool stream)
    {
        var pipeline = new TestPipeline(_ => { }, new() { MaxRetries = 1, RetryBackoff = TimeSpan.Zero }, ["second"], _second);
        Fail(pipeline.Vendor, ChatErrorKind.UpstreamServerError);

        var (route, error) = await AskAsync(
            pipeline, new() { Template = "greet", Variables = new() { ["name"] = JsonElement.Parse("\"Ada\"") } }, stream);

        Assert.Null(error);
        Assert.Equal((3, 1), (route!.Attempts, pipeline.Templates.Renderings));
        Assert.Equal("Greet Ada of global.", _second.Received.Single().Messages[0].Content!.Text);
    }

    [Theory]
    [InlineData(ChatErrorKind.InvalidRequest)]
    [InlineData(ChatErrorKind.ModelNotFound)]
    [InlineData(ChatErrorKind.RequestTooLarge)]
    [InlineData(ChatErrorKind.Unprocessable)]
    [InlineData(ChatErrorKind.PermissionDenied)]
    public async Task What_is_the_clients_doing_does_not(ChatErrorKind kind)
    {
        foreach (var stream in new[] { false, true })
        {
            var pipeline = FallingBackOn("second");
            Fail(pipeline.Vendor, kind);

            Assert.Equal(kind, (await AskAsync(pipeline, Ask(), stream)).Error!.Kind);
        }

        Assert.Empty(_second.Received);
    }

    [Fact]
    public async Task A_limit_of_the_provider_that_is_reached_leads_to_the_fallback()
    {
        var pipeline = new TestPipeline(options => options.RequestsPerMinute = 1, new() { MaxRetries = 0 }, ["second"], _second);
        await pipeline.CompleteAsync();

        var outcome = await pipeline.CompleteAsync();

        Assert.Equal(("second", 1), (outcome.Route!.Provider, outcome.Route.Attempts));
    }

    [Fact]
    public async Task An_answer_is_counted_as_that_of_the_one_who_gave_it_and_the_incident_is_told_once()
    {
        var pipeline = FallingBackOn("second");
        Fail(pipeline.Vendor, ChatErrorKind.UpstreamServerError);

        await pipeline.CompleteAsync();

        Assert.Equal(["""{provider="second",model="second-model",status="success"} 1"""], await pipeline.ScrapeAsync("llm_requests_total"));
        Assert.Equal(["""{provider="vendor",fallback="second"} 1"""], await pipeline.ScrapeAsync("llm_fallbacks_total"));
        Assert.Contains("LogFallback: Provider vendor failed a request (upstream_server_error)", Assert.Single(pipeline.FailoverLog.Lines), StringComparison.Ordinal);
        await pipeline.AssertNothingInFlightAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_are_asked_in_order_and_where_all_fail_the_first_ones_failure_is_told(bool stream)
    {
        var pipeline = FallingBackOn("second", "third");
        Fail(pipeline.Vendor, ChatErrorKind.UpstreamServerError);
        Fail(_second, ChatErrorKind.UpstreamConnectTimeout);
        Fail(_third, ChatErrorKind.InvalidRequest);

        var (route, error) = await AskAsync(pipeline, Ask(), stream);

        Assert.Equal(ChatErrorKind.UpstreamServerError, error!.Kind);
        route ??= error.Route;
        Assert.Equal(("vendor", 3), (route!.Provider, route.Attempts));
        Assert.Equal([1, 1, 1], new[] { pipeline.Vendor, _second, _third }.Select(provider => provider.Received.Count));
    }

    [Fact]
    public async Task Each_provider_has_its_own_retries()
    {
        var pipeline = new TestPipeline(_ => { }, new() { MaxRetries = 1, RetryBackoff = TimeSpan.Zero }, ["second"], _second);
        Fail(pipeline.Vendor, ChatErrorKind.UpstreamServerError);
        Fail(_second, ChatErrorKind.UpstreamServerError);

        Assert.Equal(4, (await pipeline.CompleteAsync()).Route!.Attempts);
    }

    [Fact]
    public async Task Nobody_waits_for_a_provider_that_names_a_time_while_another_may_answer()
    {
        var pipeline = new TestPipeline(_ => { }, new(), ["second"], _second);
        pipeline.Vendor.OnComplete = (_, _) =>
            Task.FromResult<ProviderResult>(Failure(ChatErrorKind.RateLimited) with { RetryAfter = TimeSpan.FromSeconds(3) });

        Assert.Equal("second", (await pipeline.CompleteAsync()).Route!.Provider);
    }

    [Fact]
    public async Task After_the_first_token_nobody_else_is_asked()
    {
        var pipeline = FallingBackOn("second");
        pipeline.Vendor.OnStream = (_, _) => Play(Piece("half"), Failure(ChatErrorKind.UpstreamBrokenOff));

        var events = await pipeline.StreamAsync();

        Assert.Equal(("vendor", ChatErrorKind.UpstreamBrokenOff), (events[0].Started!.Provider, events[^1].Failed!.Kind));
        Assert.Empty(_second.Received);
    }

    [Fact]
    public async Task A_request_may_name_its_own()
    {
        var pipeline = FallingBackOn("third");
        Fail(pipeline.Vendor, ChatErrorKind.UpstreamServerError);
        Fail(_second, ChatErrorKind.UpstreamServerError);

        var outcome = await pipeline.CompleteAsync(Ask() with { Fallbacks = ["vendor", "second/org/special", "third"] });

        Assert.Equal(("third", 3), (outcome.Route!.Provider, outcome.Route.Attempts));
        Assert.Equal("org/special", Assert.Single(_second.Received).Model);
    }

    [Fact]
    public async Task A_request_may_want_none()
    {
        var pipeline = FallingBackOn("second");
        Fail(pipeline.Vendor, ChatErrorKind.UpstreamServerError);

        Assert.NotNull((await pipeline.CompleteAsync(Ask() with { Fallbacks = [] })).Error);
    }

    [Theory]
    [InlineData("nobody", "provider_not_found")]
    [InlineData("gpt-4o", "provider_not_found")]
    [InlineData("openai/gpt-4o", "provider_not_configured")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public async Task One_that_cannot_be_asked_is_refused_by_its_place(string? fallback, string? code)
    {
        var keyless = new ScriptedProvider(new() { Name = "openai", Type = ProviderType.OpenAi, BaseUrl = "https://api.openai.com/v1" });
        var pipeline = new TestPipeline(_second, keyless);

        var outcome = await pipeline.CompleteAsync(Ask() with { Fallbacks = ["second", fallback!] });

        Assert.Equal((ChatErrorKind.InvalidRequest, "fallbacks[1]", code), (outcome.Error!.Kind, outcome.Error.Param, outcome.Error.Code));
        Assert.Empty(pipeline.Vendor.Received);
    }

    [Fact]
    public async Task More_than_eight_are_refused() => Assert.Equal(
        "fallbacks", (await FallingBackOn("second").CompleteAsync(Ask() with { Fallbacks = [.. Enumerable.Repeat("second", 9)] })).Error!.Param);

    [Fact]
    public async Task What_a_fallback_cannot_do_is_left_out_and_said()
    {
        var pipeline = FallingBackOn("second", "third");
        Fail(pipeline.Vendor, ChatErrorKind.UpstreamServerError);
        _second.Unsupported = ["n", "logit_bias", "response_format.type"];
        var asked = Ask() with
        {
            N = 1,
            TopP = 0.5,
            ResponseFormat = JsonElement.Parse("""{"type":"json_object"}"""),
            Extra = new() { ["logit_bias"] = JsonElement.Parse("{}"), ["kept"] = JsonElement.Parse("1") },
        };

        var outcome = await pipeline.CompleteAsync(asked);

        var received = Assert.Single(_second.Received);
        Assert.Equal((null, 0.5, null), (received.N, received.TopP, received.ResponseFormat));
        Assert.Equal(["kept"], received.Extra!.Keys);
        Assert.Equal(
            ["n", "logit_bias", "response_format.type"],
            outcome.Route!.Warnings!.Value.Select(warning => warning.Split('\'')[3]));
        Assert.All(outcome.Route.Warnings.Value, warning => Assert.StartsWith("Provider 'second' does not support ", warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_cannot_do_what_a_request_is_about_is_passed_over()
    {
        var pipeline = FallingBackOn("second", "third");
        Fail(pipeline.Vendor, ChatErrorKind.UpstreamServerError);
        _second.Unsupported = ["messages[0].content[1].image_url"];

        Assert.Equal("third", (await pipeline.CompleteAsync()).Route!.Provider);
        Assert.Empty(_second.Received);
    }

    private TestPipeline FallingBackOn(params ImmutableArray<string> fallbacks) =>
        new(_ => { }, new() { MaxRetries = 0 }, fallbacks, _second, _third);

    private static void Fail(ScriptedProvider provider, ChatErrorKind kind)
    {
        var error = Failure(kind, provider.Options.Name);
        provider.OnComplete = (_, _) => Task.FromResult<ProviderResult>(error);
        provider.OnStream = (_, _) => Play(error);
    }

    private static async Task<(AnswerInfo? Route, ChatError? Error)> AskAsync(TestPipeline pipeline, ChatRequest request, bool stream)
    {
        if (!stream)
        {
            var outcome = await pipeline.CompleteAsync(request);
            return (outcome.Route, outcome.Error);
        }

        var events = await pipeline.StreamAsync(request);
        return (events[0].Started, events[^1].Failed);
    }
}
