using System.Net;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Errors;

/// <summary>What a client sees of each kind of failure.</summary>
public sealed class ChatErrorMappingTests : GatewayTest
{
    private static readonly Dictionary<ChatErrorKind, (int Status, string Type, string? Code)> Mapping = new()
    {
        [ChatErrorKind.Internal] = (500, "server_error", "internal_error"),
        [ChatErrorKind.InvalidRequest] = (400, "invalid_request_error", "the_code"),
        [ChatErrorKind.ModelNotFound] = (404, "invalid_request_error", "model_not_found"),
        [ChatErrorKind.RequestTooLarge] = (413, "invalid_request_error", "the_code"),
        [ChatErrorKind.Unprocessable] = (422, "invalid_request_error", "the_code"),
        [ChatErrorKind.RateLimited] = (429, "rate_limit_exceeded", "rate_limit_exceeded"),
        [ChatErrorKind.QuotaExceeded] = (429, "insufficient_quota", "insufficient_quota"),
        [ChatErrorKind.Overloaded] = (503, "server_error", "overloaded"),
        [ChatErrorKind.UpstreamCredentialsRefused] = (502, "server_error", "upstream_error"),
        [ChatErrorKind.UpstreamServerError] = (502, "server_error", "upstream_error"),
        [ChatErrorKind.UpstreamUnreachable] = (502, "server_error", "upstream_error"),
        [ChatErrorKind.UpstreamInvalidResponse] = (502, "server_error", "upstream_error"),
        [ChatErrorKind.UpstreamBrokenOff] = (502, "server_error", "upstream_error"),
        [ChatErrorKind.UpstreamConnectTimeout] = (504, "server_error", "upstream_error"),
        [ChatErrorKind.UpstreamFirstTokenTimeout] = (504, "server_error", "upstream_error"),
        [ChatErrorKind.UpstreamIdleTimeout] = (504, "server_error", "upstream_error"),
        [ChatErrorKind.NotFound] = (404, "invalid_request_error", "the_code"),
        [ChatErrorKind.UpstreamUnavailable] = (503, "server_error", "provider_unavailable"),
        [ChatErrorKind.Conflict] = (409, "invalid_request_error", "the_code"),
        [ChatErrorKind.PermissionDenied] = (403, "invalid_request_error", "permission_denied"),
    };

    /// <summary>Every kind there is: a new one fails until it is in the table above.</summary>
    public static TheoryData<ChatErrorKind> Kinds => new(Enum.GetValues<ChatErrorKind>());

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_kind_has_a_status_and_an_error_object(ChatErrorKind kind)
    {
        Assert.True(Mapping.TryGetValue(kind, out var expected), $"Nobody has decided what a client sees of {kind}.");
        Host.Chat.Answer(new ChatOutcome { Error = new() { Kind = kind, Message = "It says this.", Code = "the_code" } });

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Equal(expected.Status, (int)response.StatusCode);
        var error = await ReadErrorAsync(response);
        Assert.Equal((expected.Type, expected.Code), (error.Type, error.Code));
        Assert.Equal(kind == ChatErrorKind.Internal ? "The server had an error." : "It says this.", error.Message);
    }

    [Theory]
    [InlineData("/v1/chat", GatewayHost.Hello)]
    [InlineData("/v1/chat", GatewayHost.HelloStream)]
    [InlineData("/v1/chat/completions", GatewayHost.Hello)]
    [InlineData("/v1/chat/completions", GatewayHost.HelloStream)]
    public async Task A_failure_before_the_first_piece_is_a_status_and_an_error_object(string path, string body)
    {
        var error = new ChatError
        {
            Kind = ChatErrorKind.RateLimited,
            Message = "Provider 'groq' is rate limiting this service.",
            Provider = "groq",
            RetryAfter = TimeSpan.FromMilliseconds(1200.5),
        };
        Host.Chat.Answer(new ChatOutcome { Error = error, Route = ScriptedChat.Route });
        Host.Chat.Stream(error);

        using var response = await Host.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("2", HeaderOf(response, "retry-after"));
        Assert.Equal("1201", HeaderOf(response, "retry-after-ms"));
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Null(HeaderOf(response, "cache-control"));
        Assert.Equal(
            """{"error":{"message":"Provider 'groq' is rate limiting this service.","type":"rate_limit_exceeded","param":null,"code":"rate_limit_exceeded"}}""",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_failure_after_the_call_was_routed_tells_who_was_asked()
    {
        Host.Chat.Answer(new ChatOutcome { Error = new() { Kind = ChatErrorKind.UpstreamUnreachable, Message = "Gone." }, Route = ScriptedChat.Route });

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Equal("echo", HeaderOf(response, "x-prism-provider"));
        Assert.Equal("1", HeaderOf(response, "x-prism-attempts"));
    }

    [Theory]
    [InlineData(0, "0", "0")]
    [InlineData(-5, "0", "0")]
    [InlineData(86_400_000, "86400", "86400000")]
    public async Task The_wait_before_another_try_is_whole_and_not_negative(int milliseconds, string seconds, string exact)
    {
        Host.Chat.Answer(new ChatOutcome
        {
            Error = new() { Kind = ChatErrorKind.Overloaded, Message = "Busy.", RetryAfter = TimeSpan.FromMilliseconds(milliseconds) },
        });

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal((seconds, exact), (HeaderOf(response, "retry-after"), HeaderOf(response, "retry-after-ms")));
    }

    [Fact]
    public async Task A_failure_that_nobody_knows_the_wait_for_names_none()
    {
        Host.Chat.Answer(new ChatOutcome { Error = new() { Kind = ChatErrorKind.RateLimited, Message = "Slow down." } });

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Null(HeaderOf(response, "retry-after"));
        Assert.Null(HeaderOf(response, "retry-after-ms"));
    }

    [Fact]
    public async Task The_field_at_fault_is_named()
    {
        Host.Chat.Answer(new ChatOutcome { Error = ChatError.Invalid("'messages[1].role' is missing.", "messages[1].role") });

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Equal(("'messages[1].role' is missing.", "invalid_request_error", "messages[1].role", null), await ReadErrorAsync(response));
    }

    [Fact]
    public async Task A_model_that_does_not_exist_is_the_models_fault()
    {
        Host.Chat.Answer(new ChatOutcome { Error = new() { Kind = ChatErrorKind.ModelNotFound, Message = "No such model.", Code = "other" } });

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.Hello);

        Assert.Equal(("No such model.", "invalid_request_error", "model", "model_not_found"), await ReadErrorAsync(response));
    }
}
